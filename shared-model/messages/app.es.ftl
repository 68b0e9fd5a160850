# Las palabras de las aplicaciones en español. Cada clave está también en en.ftl; una prueba las compara.

app-name = TicketBoss
app-events-title = Eventos

app-event-count = { $count ->
    [one] 1 evento
   *[other] { $count } eventos
}

app-card-standing = de pie

app-loading = Cargando los eventos
app-empty = Aún no hay nada anunciado. Las nuevas fechas aparecerán aquí primero.
app-empty-page = No hay nada después.
app-away = No podemos conectar con TicketBoss.
app-away-wait = { $seconds ->
    [0] Probando de nuevo.
   *[other] Probamos de nuevo en { $seconds } s.
}
app-away-action = Reintentar ahora
app-away-nothing-kept = En cuanto haya conexión, aquí estarán los eventos.
app-as-of = Eventos actualizados a las { $time }
app-as-of-date = Eventos actualizados el { $date }, { $time }
app-as-of-prices = Los precios pueden haber cambiado
app-back-online = Conexión recuperada. Todo está al día.
app-unreadable = Esta aplicación no puede leer la respuesta del servidor. Una versión más nueva puede ayudar.
app-refused = TicketBoss no ha podido mostrar los eventos. Prueba más tarde, por favor.
app-try-again = Probar de nuevo
app-memory-only = Este dispositivo no tiene llavero, así que tus asientos se recuerdan solo hasta que cierres TicketBoss.

app-pages = Páginas
app-page-later = Fechas siguientes
app-page-earlier = Volver a fechas anteriores
