# La página de asientos: plano, lista y el panel de tus asientos.

seats-page-title = Asientos para { $title }
seats-back = Volver a { $title }
seats-doors = Puertas { $time }
seats-view-chart = Plano
seats-view-list = Lista
seats-view-label = Ver los asientos como
seats-price-keys = Precios
seats-price-key = { $name } { $price }
seats-price-detail = incl. { $fee } de gastos, { $free } libres
seats-price-detail-no-fees = sin gastos, { $free } libres
seats-price-shown = visible
seats-without-script = El plano necesita JavaScript. La lista de asientos no.
seats-open-list = Abrir la lista
seats-legend = Qué significan las formas

# Estado
seats-live = En directo, { $delay } s
seats-live-first = En directo
seats-connecting = Conectando
seats-reconnecting = Reconectando, asientos a las { $time }

# Leyenda y estados
seats-yours = Tuyo
seats-held = Reservado por otra persona
seats-sold = Vendido
seats-wheelchair = Plaza para silla de ruedas
seats-companion = Acompañante
seats-restricted = Visibilidad reducida

# El plano
chart-label = Asientos
chart-keys = Las flechas van de un asiento a otro; con Mayúsculas, solo a los libres. Intro elige o libera. Más, menos y 0 cambian el tamaño.
chart-stage = Escenario
chart-zoom-in = Acercar
chart-zoom-out = Alejar
chart-fit = Toda la sala
chart-free = { $count ->
    [one] { $shown } libre
   *[other] { $shown } libres
}
chart-area-left = { $count ->
    [one] queda { $shown }, { $price }
   *[other] quedan { $shown }, { $price }
}
chart-area-less = Una plaza menos, { $area }
chart-area-more = Una plaza más, { $area }
chart-fees = incl. { $fee } de gastos.
chart-no-fees = Sin gastos.
chart-yours = Tuyo.
chart-held = Reservado por otra persona.
chart-sold = Vendido.
chart-clear-view = Buena visibilidad.
chart-wheelchair = Plaza para silla de ruedas.
chart-companion = Asiento de acompañante.
chart-restricted = Visibilidad reducida.
chart-stairs = Se llega por escalones.

# Tus asientos
seats-panel-title = Tus asientos
seats-panel-count = { $count } de { $limit }
seats-panel-sold-out = Ahora mismo está todo ocupado. Si un asiento queda libre, se ve aquí al instante.
seats-panel-not-yet = Echa un vistazo. Los asientos se podrán elegir cuando empiece la venta.
seats-panel-over = Aquí ya no se puede comprar nada.
seats-panel-empty = Todavía nada. Pulsa un asiento y será tuyo durante { $minutes } minutos.
seats-time-left = Tiempo restante
seats-left-to-check-out = para pagar
seats-extend = Ampliar una vez, 5 min
seats-extended = Ya ampliado
seats-ticket-type = Tipo de entrada, { $place }
seats-change-type = Cambiar
seats-fee = gastos { $fee }
seats-release = Liberar { $place }
seats-also = También en tu cesta
seats-places = { $count ->
    [one] { $count } plaza
   *[other] { $count } plazas
}
seats-total = { $count ->
    [one] Total, { $count } entrada
   *[other] Total, { $count } entradas
}
seats-check-out = Pagar
seats-check-out-total = Pagar { $total }
seats-check-out-why = Elige antes un asiento.
seats-fees-included = Todos los gastos incluidos: { $fees }
seats-no-fees = Sin gastos
seats-held-count = { $count ->
    [one] { $count } asiento reservado
   *[other] { $count } asientos reservados
}
seats-panel-toggle = Mostrar u ocultar tus asientos
seats-lapsed = Se acabó el tiempo y hemos liberado los asientos.
seats-lapsed-free = { $places } siguen libres.
seats-lapsed-gone = Ya los tienen otras personas.
seats-lapsed-dismiss = Entendido
seats-take-again = Reservarlos de nuevo

# Mejores asientos
best-title = Los mejores para mí
best-short = Los mejores
best-count = Cuántos
best-less = Uno menos
best-more = Uno más
best-price = Precio
best-any-price = Cualquier precio
best-together = Juntos
best-step-free = Sin escalones
best-find = Buscar asientos
best-together-answer = { $section }, fila { $row }: los { $count } asientos juntos más cercanos, a este precio.
best-one-answer = { $section }, fila { $row }: el asiento más cercano, a este precio.
best-single-answer = Estos son los { $count } asientos más cercanos, cada uno por separado.
best-together-any-price = { $section }, fila { $row }: los { $count } asientos juntos más cercanos.
best-one-any-price = { $section }, fila { $row }: el asiento más cercano.
best-closest-answer = No había { $count } asientos libres juntos, así que estos son los más cercanos por separado.
best-standing-answer = { $area }: plazas de pie.

# La lista
list-label = Asientos por sector y fila
list-sections = Sectores
list-section-free = { $free } libres
list-hide-full = Ocultar filas llenas
list-step-free = Sin escalones, { $count }
list-search = Fila y asiento, «F 16»
list-search-label = Buscar una fila o un asiento
list-row = Fila { $row }
list-table = Mesa { $row }
list-row-price = { $name }, { $price }
list-row-free = { $count ->
    [one] { $shown } libre
   *[other] { $shown } libres
}
list-row-yours = { $count ->
    [one] { $shown } tuyo
   *[other] { $shown } tuyos
}
list-row-together = hasta { $count } juntos
list-row-full = Llena
list-best-in-row = Los { $count } mejores de esta fila
list-seat = Fila { $row }, asiento { $seat }
list-table-seat = Mesa { $row }, silla { $seat }
list-hint = Las flechas mueven, Intro elige o libera.
list-aisles = Pasillos: tras { $seats }.
list-and = { $first } y { $last }
list-hold = Reservar los elegidos
list-hold-hint = Son tuyos durante { $minutes } minutos desde el primero.
list-standing-count = Plazas, { $area }
list-standing-hold = Reservar plazas
list-search-none = Aquí no hay ninguna fila como «{ $text }».
list-nothing = Ninguna fila encaja. Muestra las filas llenas o elige otro sector.
list-full-section = Este sector está lleno.

# Qué ha fallado y qué está a salvo
seats-error-seats_taken = { $count ->
    [one] Ese asiento se acaba de ocupar.
   *[other] Esos asientos se acaban de ocupar.
}
seats-error-yours = { $count ->
    [0] { "" }
    [one] El tuyo sigue siendo tuyo.
    [2] Tus dos siguen siendo tuyos.
    [3] Tus tres siguen siendo tuyos.
    [4] Tus cuatro siguen siendo tuyos.
    [5] Tus cinco siguen siendo tuyos.
    [6] Tus seis siguen siendo tuyos.
    [7] Tus siete siguen siendo tuyos.
    [8] Tus ocho siguen siendo tuyos.
    [9] Tus nueve siguen siendo tuyos.
    [10] Tus diez siguen siendo tuyos.
   *[other] Tus { $count } siguen siendo tuyos.
}
seats-error-seat_limit = { $limit ->
    [10] Diez asientos es el máximo para esta función.
   *[other] { $limit } asientos es el máximo para esta función.
}
seats-error-too_many_held = Desde tu red se están eligiendo tantos asientos que ahora mismo no se pueden reservar más. Prueba otra vez en un minuto.
seats-error-held_too_long = Estos asientos han estado reservados 20 minutos sin comprarse. Durante los 10 siguientes solo pueden elegirlos otras personas; elige otros.
seats-error-orphan_seat = Quedaría libre un asiento suelto. Elige el de al lado o deja dos libres.
seats-error-no_seats_found = No hay asientos libres así. Prueba con menos, otro precio o separados.
seats-error-not_yet_on_sale = La venta todavía no ha empezado.
seats-error-sale_ended = La venta ha terminado.
seats-error-performance_cancelled = Esta función se ha cancelado.
seats-error-hold_lapsed = Se acabó el tiempo y hemos liberado los asientos.
seats-error-already_extended = El tiempo ya se amplió; solo se puede una vez.
seats-error-cart_limit = Tu cesta ya tiene todas las fechas que admite. Paga primero y sigue después.
seats-error-rate_limited = Demasiado de una vez. Espera unos segundos y prueba otra vez.
seats-error-busy = Ahora mismo hay muchísima gente eligiendo. Prueba otra vez en un momento.
seats-error-unreachable = No podemos conectar con TicketBoss. Tus asientos siguen siendo tuyos; volverán a verse aquí en cuanto haya conexión.
seats-type-refused = No se ha podido elegir ese tipo de entrada; el panel muestra el actual.
seats-error-other = No ha funcionado y no se ha cambiado nada. Prueba otra vez.
seats-show-nearby = Ver cercanos
seats-not-on-sale = A la venta desde { $when }
seats-taken-by-you = { $place } es tuyo.
seats-released = { $place } vuelve a estar libre.
seats-minutes-left = { $count ->
    [one] Queda { $count } minuto para pagar.
   *[other] Quedan { $count } minutos para pagar.
}
