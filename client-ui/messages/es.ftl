# Las palabras de las aplicaciones en español. Cada clave está también en en.ftl; una prueba las compara.

app-name = TicketBoss
events-title = Eventos

## Días

day-tonight = Esta noche
day-today = Hoy
weekday = { $weekday ->
    [1] lunes
    [2] martes
    [3] miércoles
    [4] jueves
    [5] viernes
    [6] sábado
   *[7] domingo
}
weekday-short = { $weekday ->
    [1] lun
    [2] mar
    [3] mié
    [4] jue
    [5] vie
    [6] sáb
   *[7] dom
}
month = { $month ->
    [1] enero
    [2] febrero
    [3] marzo
    [4] abril
    [5] mayo
    [6] junio
    [7] julio
    [8] agosto
    [9] septiembre
    [10] octubre
    [11] noviembre
   *[12] diciembre
}
month-short = { $month ->
    [1] ene
    [2] feb
    [3] mar
    [4] abr
    [5] may
    [6] jun
    [7] jul
    [8] ago
    [9] sept
    [10] oct
    [11] nov
   *[12] dic
}
month-year = { $month } de { $year }
date-short = { $weekday }, { $day } { $month }
event-count = { $count ->
    [one] 1 evento
   *[other] { $count } eventos
}

## Tarjetas

card-standing = de pie
price-from = desde
price-fees = incl. { $fees } de gastos
few-left = { $count ->
    [one] Última butaca
   *[other] Últimas { $count } butacas
}
few-left-standing = { $count ->
    [one] Última plaza
   *[other] Últimas { $count } plazas
}
sale-begins = A la venta desde { $date }, { $time }
sale-sold-out = Agotado
sale-ended = La venta ha terminado
strip-cancelled = Cancelado
strip-moved = Antes: { $date }

## Estados

loading = Leyendo los eventos
empty = Aún no hay nada anunciado. Las nuevas fechas aparecerán aquí primero.
empty-page = No hay nada después.
away = No podemos conectar con TicketBoss.
away-wait = { $seconds ->
    [0] Probando de nuevo.
   *[other] Probamos de nuevo en { $seconds } s.
}
away-action = Probar ahora
away-nothing-kept = En cuanto haya conexión, aquí estarán los eventos.
as-of = Eventos a las { $time }
as-of-date = Eventos a { $date }, { $time }
as-of-prices = Los precios pueden haber cambiado
back-online = Conexión recuperada. Todo está al día.
unreadable = TicketBoss respondió de una forma que esta aplicación no conoce. Una versión más nueva puede ayudar.
refused = TicketBoss no ha dado los eventos. Probar más tarde puede ayudar.
try-again = Probar de nuevo
memory-only = Este dispositivo no tiene llavero, así que tus butacas se recuerdan solo hasta que cierres TicketBoss.

## Páginas

pages = Páginas
page-later = Fechas siguientes
page-earlier = Volver a fechas anteriores
