### Las palabras del sitio, en español. Breves, exactas, amables: qué pasó, qué está a salvo, qué hacer.

## En todas las páginas
skip-to-content = Ir al contenido
open-graph-locale = es_ES
nav-label = Principal
nav-events = Eventos
nav-tickets = Entradas
nav-cart = Cesta
language-label = Idioma
language-name-en = English
language-name-es = Español
foot-promise = Todos los precios incluyen todos los gastos.
foot-api = Para desarrolladores
foot-demo-mail = Los mensajes de la demo
category-theatre = Teatro
category-classical = Clásica
category-opera = Ópera
category-dance = Danza
category-concert = Conciertos
category-comedy = Humor
category-club = Club
category-family = Familia
category-sport = Deporte
category-talk = Charlas

## La barra de la cesta y el tiempo
cart-bar = { $seats ->
    [one] 1 localidad, { $total }
   *[other] { $seats } localidades, { $total }
}
cart-bar-seats = { $seats ->
    [one] 1 localidad
   *[other] { $seats } localidades
}
cart-bar-lapsed = Se acabó el tiempo y hemos liberado las localidades.
cart-bar-lapsed-next = Ver qué sigue libre
cart-bar-lapsed-of = Se acabó el tiempo para { $title }
cart-bar-detail = { $title }, { $date }
cart-bar-more = { $title } y { $more ->
    [one] 1 más
   *[other] { $more } más
}
cart-time-left = Tiempo que queda
cart-check-out = Pagar
cart-is-empty = Cesta vacía
minutes-left = { $minutes ->
    [one] Queda 1 minuto para las localidades de tu cesta.
   *[other] Quedan { $minutes } minutos para las localidades de tu cesta.
}

## Sin servidor
away-title = No podemos conectar con TicketBoss
away-fact = No podemos conectar con TicketBoss.
away-safe = No se pierde nada de lo que has comprado. Tus entradas están en tu correo, y las localidades que tienes reservadas siguen siendo tuyas hasta que se acabe el tiempo.
away-trying = Nuevo intento en { $seconds } s.
away-asking = Comprobando…
lost-title = Se ha perdido la conexión
lost-fact = Se ha perdido la conexión.
lost-safe = Si has pagado, tus entradas van de camino; no se te cobrará dos veces. Si no, tus localidades siguen siendo tuyas hasta que se acabe el tiempo.
lost-check = Ver mi pedido
away-try-now = Reintentar ahora
away-back = Conexión recuperada. Todo está al día.

## Eventos
events-title = TicketBoss: cartelera
events-description = Teatro, conciertos, clubes y más. Mira cada localidad en directo y cada precio con todos sus gastos.
search-what = Qué
search-what-hint = Título, artista o sala
search-when = Cuándo
search-where = Dónde
search-category = Categoría
search-button = Buscar
chips-label = Elección rápida
when-any = Cualquier día
when-tonight = Esta noche
when-weekend = Este fin de semana
when-weekend-short = Fin de semana
when-week = Próximos 7 días
where-any = En cualquier sitio
category-any = Todas
day-events = { $count ->
    [one] 1 evento
   *[other] { $count } eventos
}
day-month = { $month } de { $year }
place-standing = { $venue } · de pie
price-from = desde
price-incl-fees = incl. { $fees } de gastos
price-no-fees = sin gastos
price-to-come = Precios en breve
few-seats = { $count ->
    [one] Última localidad
   *[other] Últimas { $count } localidades
}
few-places = { $count ->
    [one] Última plaza
   *[other] Últimas { $count } plazas
}
state-sold-out = Agotado
state-on-sale-from = A la venta desde { $moment }
state-ended = Venta terminada
state-cancelled = Cancelado
state-moved-from = Nueva fecha (antes { $date })
pages-label = Páginas
pages-first = Primera página
pages-next = Eventos posteriores
nothing-when-where = No hay nada { $when } en { $place }.
nothing-when = No hay nada { $when }.
nothing-where = No hay nada en { $place } por ahora.
nothing-words = No hay nada para «{ $words }».
nothing-of-category = { $category }: { $nothing }
nothing-plain = No hay nada por ahora.
nothing-on-day = el { $date }
nothing-tonight = esta noche
nothing-weekend = este fin de semana
nothing-week = en los próximos 7 días
nothing-in-month = en { $month }
nothing-next = El próximo evento es { $title }, { $date }.
nothing-none = Prueba otra fecha o menos palabras.
nothing-show = Ver
nothing-show-all = Ver todos los eventos

## Un evento
event-title = { $title }: fechas, localidades y precios
event-poster = Cartel de { $title }
event-hours = { $hours } h { $minutes }
event-hours-exact = { $hours } h
event-minutes = { $minutes } min
event-interval = { $count ->
    [0] { $duration }
    [one] { $duration }, un descanso
   *[other] { $duration }, { $count } descansos
}
event-age = A partir de { $years } años
event-in-language = En { $language }
language-ca = catalán
language-de = alemán
language-en = inglés
language-es = español
language-eu = euskera
language-fr = francés
language-gl = gallego
language-it = italiano
language-pt = portugués
event-when = Cuándo
event-zone = Horas de { $city } ({ $zone })
event-no-dates = Por ahora no hay fechas previstas.
event-doors = Puertas { $time }
event-elsewhere = { $venue }, { $city }
event-yours = { $count ->
    [one] 1 es tuya
   *[other] { $count } son tuyas
}
event-see-seats = Ver localidades
event-calendar = Añadir al calendario
event-prices = Precios, con todos los gastos
event-seats-column = Localidades
event-free = gratis
event-not-sold = no se vende
event-fees = Cada precio incluye { $fee } de gastos de gestión e IVA del { $rate } %. Después no se añade nada, salvo el envío postal si lo eliges.
event-fees-varied = Cada precio incluye todos los gastos de gestión e IVA del { $rate } %. Después no se añade nada, salvo el envío postal si lo eliges.
event-ticket-type-note = { $name }: { $note }
event-getting-in = Cómo entrar
event-latecomers = Ven cuando se abran las puertas; en tu entrada pone por cuál entras.
event-cannot-come = ¿No puedes venir?
event-where = Dónde
event-map = Croquis de situación de { $venue }: { $address }
event-directions = Cómo llegar
event-sold-by = Vendido por
event-questions = Preguntas:

## Cesta
cart-title = Tu cesta
cart-empty-fact = Aún no hay nada.
cart-empty-advice = Las localidades que elijas se reservan durante 10 minutos y te esperan aquí.
cart-empty-action = Ver eventos
cart-when-where = { $when }, { $venue }
cart-ticket-type = Tipo de entrada
cart-type-price = { $type }, { $price }
cart-change-type = Cambiar
cart-release = Liberar
cart-add-seat = Añadir o cambiar localidades
cart-fee = gastos { $fee }
cart-left-to-check-out = para pagar
cart-extend = Ampliar una vez, 5 min
cart-already-extended = Ya ampliado
cart-yours-now = Reservado ahora
cart-line = { $count ->
    [one] { $title }, 1 entrada
   *[other] { $title }, { $count } entradas
}
cart-line-let-go = { $title }, liberadas
cart-fees = Gastos de gestión, todos incluidos
cart-total = { $count ->
    [one] Total, 1 entrada
   *[other] Total, { $count } entradas
}
cart-check-out-for = Pagar { $total }
cart-time-stops = El tiempo se para cuando pulsas Comprar.
cart-nothing-held = Ahora mismo no tienes nada reservado.
cart-mixed-currencies = Estas localidades se venden en monedas distintas. Cómpralas una tras otra.
lapsed-headline = Se acabó el tiempo y hemos liberado las localidades
lapsed-what = { $title }, { $when }.
lapsed-still-free = { $count ->
    [one] { $places } sigue libre
   *[other] { $places } siguen libres
}
lapsed-rest = , { $total }. No están reservadas para ti hasta que vuelvas a elegirlas.
lapsed-gone = Ya las tienen otras personas.
lapsed-again = Reservarlas de nuevo
lapsed-see-chart = Ver el plano
lapsed-let-go = Liberarlas
lapsed-see-free = Ver lo que está libre
lapsed-dismiss = Entendido
lapsed-ended = Terminó a las { $time }. Tus otras localidades siguen reservadas.

## Pago
steps-label = Pasos para comprar
step-done = hecho
step-seats = Localidades
step-delivery = Entrega
step-you = Tú
step-card = Tarjeta
step-review = Revisión
checkout-yours-for = Son tuyas durante
receipt-label = Resumen del pedido
receipt-date-doors = { $date }. Puertas { $doors }
receipt-place = { $venue }, { $city }
receipt-tickets = { $count ->
    [one] 1 entrada
   *[other] { $count } entradas
}
receipt-fees-each = Gastos de gestión, { $count } × { $fee }
receipt-fees = Gastos de gestión
receipt-post = Envío certificado
receipt-vat = Incluye IVA del { $rate } %
receipt-total = Total
form-errors = Revisa esto, por favor.
delivery-title = ¿Cómo quieres tus entradas?
delivery-email = Por correo electrónico
delivery-email-words = Al momento, en PDF con un código para la puerta. También aquí en la pantalla.
delivery-post = Por correo postal
delivery-post-words = Impresas y certificadas. Llegan el { $date } como pronto. También por correo electrónico, al momento.
delivery-post-too-late = No ofrecemos envío postal: la carta llegaría tarde.
delivery-collection = En taquilla
delivery-collection-words = Recógelas con tu nombre y número de pedido. También por correo electrónico, al momento.
delivery-free = Gratis
delivery-go-on = Continuar
address-name = Nombre en el buzón
address-street = Calle, número, piso
address-postal-code = Código postal
address-city = Población
address-country = País
address-missing = Rellena esto, con { $max } caracteres como mucho y sin enlaces.
country-AT = Austria
country-BE = Bélgica
country-CH = Suiza
country-DE = Alemania
country-ES = España
country-FR = Francia
country-GB = Reino Unido
country-IE = Irlanda
country-IT = Italia
country-NL = Países Bajos
country-PT = Portugal
you-title = ¿Quién eres?
you-lead = Compras como invitado: solo necesitamos un nombre para las entradas y un correo al que enviarlas.
you-lead-account = Un nombre para las entradas y el correo al que van.
you-name = Nombre
you-email = Correo electrónico
you-email-hint = Aquí llegan tus entradas, así que compruébalo bien.
you-name-wrong = Escribe tu nombre, con 120 caracteres como mucho. No se admiten enlaces, direcciones ni teléfonos, y tras un punto va un espacio.
you-email-wrong = Una dirección de correo tiene la forma nombre@example.org.
you-go-on = Ir a la tarjeta
card-title = ¿Cómo quieres pagar?
card-ending = { $brand } acabada en { $last4 }
card-until = hasta { $month }
card-expired = caducada { $month }
card-another = Una tarjeta nueva
card-save = Guardar esta tarjeta para la próxima vez
card-save-hint = Puedes quitarla en Cuenta
card-not-usable = Esta tarjeta ya no se puede usar. Elige otra.
card-keep = Usar esta
card-declined-just-now = Rechazada ahora mismo
card-give-up = Cambiar localidades o entrega
card-not-a-test-card = Este es el modo de prueba: solo acepta las tarjetas de abajo.
card-new = Una tarjeta
card-straight-to-provider = Va directamente al proveedor de pagos
card-number = Número de tarjeta
card-good-until = Fecha de caducidad
card-security-code = Código de seguridad
card-security-code-hint = 3 cifras
card-go-on = Revisar el pedido
card-not-now = Pagas en la página siguiente, no ahora. Los marcos discontinuos son del proveedor de pagos.
declined-fact = Tu banco ha rechazado { $card }.
declined-fact-card = Tu banco ha rechazado esta tarjeta.
declined-safe = No se ha cobrado nada y tus localidades son tuyas durante { $time }. Usa otra tarjeta de las de abajo, o pregunta a tu banco y prueba de nuevo con esta.
sandbox-title = Modo de prueba: no se cobra ninguna tarjeta
sandbox-lead = Pulsa una para pagar con ella. Cada una se comporta como lo haría su banco.
trial-success = Se acepta
trial-declined = Rechazada por el banco
trial-insufficient-funds = Rechazada: saldo insuficiente
trial-expired = Rechazada: tarjeta caducada
trial-challenge = El banco te pregunta antes (3-D Secure)
trial-lost = La respuesta se pierde y después se acepta el pago
review-title = Un último vistazo
review-change = Cambiar
review-bank-may-ask = Puede que tu banco te pida confirmar. Tus localidades siguen siendo tuyas mientras decide.
review-refunds = Devoluciones
review-refunds-event = { $title }: { $terms }
review-note = { $type }: { $note }
review-buy = Comprar por { $total }
review-charged-once = Se cobra una vez, aunque pulses dos.
challenge-title = Tu banco pregunta: ¿eres tú?
challenge-sentence = TicketBoss solicita { $total }. Tus localidades siguen siendo tuyas mientras decides.
challenge-approve = Sí, pagar
challenge-refuse = No, no pagar
challenge-note = Un banco real preguntaría aquí con su propia página (3-D Secure). Esta es la del modo de prueba.

## Después de comprar
order-paid-title = Tus entradas
order-paid-lead = Pagado, gracias. Pedido { $number }; las mismas entradas van de camino a { $email }.
order-paid-lead-post = Pagado, gracias. Pedido { $number }; las entradas impresas llegan por correo postal, y los mismos códigos van ya a { $email }.
order-pdf = Imprimir o guardar entradas (PDF)
order-pdf-short = Imprimir
order-calendar = Calendario
order-receipt-pdf = Recibo en PDF
order-mail-again = Enviar el correo otra vez
order-mail-sent = Enviado de nuevo a { $email }.
order-mail-later = El correo se envió hace un momento. Mira en la carpeta de correo no deseado y prueba un poco más tarde.
order-mail-none = No hay correo que enviar de este pedido.
order-tickets-shown = Entradas { $first } a { $last } de { $count }
order-tickets-previous = Entradas anteriores
order-tickets-next = Más entradas
order-receipt = Recibo
order-number-date = Pedido { $number }, { $date }
order-paid-with = Pagado con { $card }
order-paid = Pagado
screen-ticket-position = Entrada { $position } de { $count }
screen-ticket-code = Código para leer en voz alta:
screen-ticket-section = Sector
screen-ticket-row = Fila
screen-ticket-seat = Asiento
screen-ticket-table = Mesa
screen-ticket-chair = Silla
screen-ticket-place-label = Plaza
screen-ticket-standing = De pie
screen-ticket-entrance = Acceso
screen-ticket-any-entrance = Principal
screen-ticket-doors = Puertas
screen-ticket-starts = Comienzo
screen-ticket-foot = { $type }, { $price } con todos los gastos. Para { $name }.
screen-ticket-alone = Mostrar solo esta
screen-ticket-all = Todas las entradas de este pedido
screen-ticket-awake = La pantalla sigue encendida
screen-ticket-map = Mapa
screen-ticket-previous = Anterior
screen-ticket-next = Siguiente
order-checking-title = Tu banco lo está comprobando
order-checking = Tu banco lo está comprobando. Deja esto abierto; tus localidades siguen siendo tuyas.
order-checking-action = Ir a mi banco
order-uncertain-title = Se ha perdido la conexión
order-uncertain = Se ha perdido la conexión. Si has pagado, tus entradas van de camino; no se te cobrará dos veces.
order-uncertain-look = Esta página lo vuelve a comprobar cada pocos segundos.
order-uncertain-action = Ver mi pedido
order-declined-title = Tu banco ha rechazado el pago
order-declined-action = Probar otra tarjeta
order-lapsed-title = Se acabó el tiempo y el pedido terminó
order-lapsed = El pedido { $number } no se pagó a tiempo. No se ha cobrado nada y las localidades vuelven a estar libres.
order-lapsed-action = Ver las localidades
order-voided-title = Las localidades ya no estaban disponibles
order-voided = Las localidades del pedido { $number } ya no estaban disponibles cuando llegó tu pago. Te devolvemos todo el dinero; tu banco lo mostrará en unos días.
tickets-title = Tus entradas
tickets-empty = Aún no hay entradas.
tickets-empty-advice = Estarán aquí en cuanto compres alguna.
tickets-show = Ver códigos
tickets-continue = Ver el pedido
tickets-doors = Puertas { $time }
tickets-starts = Comienzo { $time }
tickets-foot-paid = Pedido { $number }, { $total }, pagado
tickets-foot-open = Pedido { $number }, { $total }, aún sin pagar
tickets-foot-over = Pedido { $number }, { $total }; esta fecha ya pasó
ticket-cancelled = Cancelada. Esta entrada ya no sirve para entrar; la organización te escribirá sobre tu dinero.
ticket-moved = Esta es la nueva fecha. Antes era { $date }; tu entrada sigue siendo válida.
tickets-filter = Qué entradas
tickets-all = Todas
tickets-upcoming = Próximas, { $count }
tickets-past = Pasadas, { $count }
tickets-none = Aquí no hay nada.
tickets-guest = Las entradas de este navegador. ¿Compraste en otro sitio? El enlace de tu correo las abre y, con una cuenta, están todas aquí.
tickets-mail-again = Reenviar por correo
tickets-more = Más entradas
tickets-more-past = Pedidos anteriores
tickets-past-title = Pedidos pasados
tickets-head-order = Pedido
tickets-head-date = Fecha
tickets-head-event = Evento
tickets-head-tickets = Entradas
tickets-head-state = Estado
tickets-head-total = Total
tickets-count = { $count ->
    [one] 1 entrada
   *[other] { $count } entradas
}
tickets-state-paid = Pagado
tickets-state-unknown = Ver el pedido
tickets-state-lapsed = No se pagó a tiempo
tickets-state-voided = Dinero devuelto
tickets-seats = { $count ->
    [one] Asiento
   *[other] Asientos
}
tickets-places = { $count ->
    [one] Plaza
   *[other] Plazas
}

## El correo de la demo y la API
demo-mail-title = Los mensajes de la demo
demo-mail-site = Ir al sitio
demo-mail-lead = Lo que TicketBoss enviaría a buzones y teléfonos acaba aquí, porque esta demo no tiene servidor para ninguno de los dos.
demo-mail-none = Aún no hay correo. Compra una entrada y llegará.
demo-mail-from = De
demo-mail-to = Para
demo-mail-as-html = Versión HTML
demo-mail-texts = Mensajes de texto
demo-mail-older = Mensajes de texto anteriores
demo-mail-no-texts = Aún no hay mensajes de texto. Aquí llega el código para una contraseña olvidada.
demo-mail-mails = Correos
demo-mail-again = Actualizar
demo-mail-all = Todos los mensajes
api-title = Para desarrolladores
api-lead = Todo lo que hace este sitio también lo puede hacer tu programa. La descripción legible por máquinas:
api-contents = Operaciones
api-parameters = Parámetros
api-body = Cuerpo (JSON):
api-answers = Respuestas
api-shapes = Esquemas
api-required = obligatorio

## Páginas que dicen una sola cosa
error-not-found-title = Aquí no hay nada
error-not-found = Puede que la dirección sea antigua o que el evento ya haya pasado.
error-server-title = Algo ha fallado por nuestra parte
error-server = Hemos registrado el error y lo revisaremos. No se ha cobrado nada dos veces, y las localidades que tienes reservadas siguen siendo tuyas.
error-busy-title = Ahora mismo hay mucha demanda
error-busy = Hay tanta gente que tenemos que ir más despacio. Espera unos segundos y prueba otra vez; tus localidades siguen siendo tuyas.
error-forbidden-title = La petición venía de otro sitio
error-forbidden = Por tu seguridad no la hemos hecho. Abre la página aquí y prueba otra vez.
error-invalid-title = No hemos podido leerlo
error-invalid = Algo en la petición no es correcto. Vuelve atrás y prueba otra vez.
tell-me = Avísame
tell-me-title = Avísame cuando haya localidades
tell-me-lead = Te escribimos una vez, en cuanto haya localidades, y no guardamos tu dirección para nada más.
tell-me-seats-now = Ahora hay localidades
tell-me-chart = Ver el plano en directo
tell-me-done-title = Te avisaremos
tell-me-done = { $email } recibirá un correo en cuanto haya localidades para { $what }.
tell-me-meanwhile = Hay más personas esperando; cada localidad es de quien la elige primero.

error-home = Ver eventos
error-cart = A la cesta

## Negativas, por su código
refused-seats_taken = Alguna de estas localidades se acaba de ocupar. Lo que tienes en la cesta sigue siendo tuyo.
refused-seat_limit = Son más localidades de las que una persona puede tener para esta función.
refused-too_many_held = Desde tu red se están eligiendo tantas localidades para esta función que ahora mismo no se pueden reservar más. Lo que ya tienes sigue siendo tuyo; prueba otra vez en un minuto.
refused-held_too_long = Estas localidades han estado reservadas 20 minutos sin comprarse, así que durante los 10 siguientes solo pueden elegirlas otras personas. Elige otras o vuelve después.
refused-orphan_seat = Quedaría libre una localidad suelta. Elige también la de al lado.
refused-no_seats_found = No hay localidades libres que encajen.
refused-not_yet_on_sale = La venta aún no ha empezado.
refused-sale_ended = La venta ha terminado.
refused-performance_cancelled = Esta función se ha cancelado.
refused-hold_lapsed = Se acabó el tiempo y hemos liberado las localidades. No se ha cobrado nada.
refused-already_extended = Ya has usado tu única ampliación.
refused-cart_empty = Tu cesta está vacía, así que no hay nada que comprar.
refused-cart_limit = En una cesta no caben tantas funciones. Paga primero y sigue después.
refused-total_changed = El total ha cambiado desde que lo viste. Míralo otra vez, por favor; no se ha cobrado nada.
refused-mixed_currencies = Estas localidades se venden en monedas distintas. Cómpralas una tras otra.
refused-order_closed = Este pedido ya está terminado.
refused-other = No ha funcionado. No se ha cobrado nada; prueba otra vez.
