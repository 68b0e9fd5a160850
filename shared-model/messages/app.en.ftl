# The apps' words in English. Every key stands in es.ftl too; a test compares them.

app-name = TicketBoss
app-events-title = Events

app-event-count = { $count ->
    [one] 1 event
   *[other] { $count } events
}

app-card-standing = standing

app-loading = Loading events
app-empty = Nothing is announced yet. New dates appear here first.
app-empty-page = Nothing comes after this.
app-away = We can’t reach TicketBoss.
app-away-wait = { $seconds ->
    [0] Trying again now.
   *[other] Trying again in { $seconds } s.
}
app-away-action = Try now
app-away-nothing-kept = As soon as there is a connection, the events appear here.
app-as-of = Events as of { $time }
app-as-of-date = Events as of { $date }, { $time }
app-as-of-prices = Prices may have changed
app-back-online = Back online. Everything is up to date.
app-unreadable = This app can’t read the server’s answer. A newer version of the app may help.
app-refused = TicketBoss could not show the events. Please try again later.
app-try-again = Try again
app-memory-only = This device has no keyring, so your seats are remembered only until you close TicketBoss.

app-pages = Pages
app-page-later = Later dates
app-page-earlier = Back to earlier dates
