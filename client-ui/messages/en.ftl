# The apps' words in English. Every key stands in es.ftl too; a test compares them.

app-name = TicketBoss
events-title = Events

## Days

day-tonight = Tonight
day-today = Today
weekday = { $weekday ->
    [1] Monday
    [2] Tuesday
    [3] Wednesday
    [4] Thursday
    [5] Friday
    [6] Saturday
   *[7] Sunday
}
weekday-short = { $weekday ->
    [1] Mon
    [2] Tue
    [3] Wed
    [4] Thu
    [5] Fri
    [6] Sat
   *[7] Sun
}
month = { $month ->
    [1] January
    [2] February
    [3] March
    [4] April
    [5] May
    [6] June
    [7] July
    [8] August
    [9] September
    [10] October
    [11] November
   *[12] December
}
month-short = { $month ->
    [1] Jan
    [2] Feb
    [3] Mar
    [4] Apr
    [5] May
    [6] Jun
    [7] Jul
    [8] Aug
    [9] Sep
    [10] Oct
    [11] Nov
   *[12] Dec
}
month-year = { $month } { $year }
date-short = { $weekday } { $day } { $month }
event-count = { $count ->
    [one] 1 event
   *[other] { $count } events
}

## Cards

card-standing = standing
price-from = from
price-fees = incl. { $fees } fees
few-left = { $count ->
    [one] Last seat
   *[other] Last { $count } seats
}
few-left-standing = { $count ->
    [one] Last place
   *[other] Last { $count } places
}
sale-begins = On sale from { $date }, { $time }
sale-sold-out = Sold out
sale-ended = The sale is over
strip-cancelled = Cancelled
strip-moved = Moved from { $date }

## States

loading = Reading the events
empty = Nothing is announced yet. New dates will be here first.
empty-page = Nothing comes after this.
away = We can’t reach TicketBoss.
away-wait = { $seconds ->
    [0] Trying again now.
   *[other] Trying again in { $seconds } s.
}
away-action = Try now
away-nothing-kept = As soon as there is a connection, the events are here.
as-of = Events as of { $time }
as-of-date = Events as of { $date }, { $time }
as-of-prices = Prices may have changed
back-online = Back online. Everything is up to date.
unreadable = TicketBoss answered in a way this app doesn’t know. A newer version of the app may help.
refused = TicketBoss didn’t give out the events. Trying again later may help.
try-again = Try again
memory-only = This device has no keyring, so your seats are remembered only until you close TicketBoss.

## Pages

pages = Pages
page-later = Later dates
page-earlier = Back to earlier dates
