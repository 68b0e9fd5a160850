# The seats page: chart, list and the panel of your seats.

seats-page-title = Seats for { $title }
seats-back = Back to { $title }
seats-doors = Doors { $time }
seats-view-chart = Chart
seats-view-list = List
seats-view-label = Show seats as
seats-price-keys = Prices
seats-price-key = { $name } { $price }
seats-price-detail = incl. { $fee } fees, { $free } free
seats-price-detail-no-fees = no fees, { $free } free
seats-price-shown = shown
seats-without-script = The chart needs JavaScript. The list of seats works without it.
seats-open-list = Open the list
seats-legend = What the shapes mean

# Status line
seats-live = Live, { $delay } s
seats-live-first = Live
seats-connecting = Connecting
seats-reconnecting = Reconnecting, seats as of { $time }

# Legend and state words
seats-yours = Yours
seats-held = Held by someone
seats-sold = Sold
seats-wheelchair = Wheelchair place
seats-companion = Companion
seats-restricted = Restricted view

# The chart
chart-label = Seats
chart-keys = Arrow keys move from seat to seat, with Shift only to free ones. Enter takes or releases. Plus, minus and 0 zoom.
chart-stage = Stage
chart-zoom-in = Zoom in
chart-zoom-out = Zoom out
chart-fit = Whole house
chart-free = { $count ->
    [one] { $shown } free
   *[other] { $shown } free
}
chart-area-left = { $count ->
    [one] { $shown } left, { $price }
   *[other] { $shown } left, { $price }
}
chart-area-less = One place less, { $area }
chart-area-more = One place more, { $area }
chart-fees = incl. { $fee } fees.
chart-no-fees = No fees.
chart-yours = Yours.
chart-held = Held by someone.
chart-sold = Sold.
chart-clear-view = Clear view.
chart-wheelchair = Wheelchair place.
chart-companion = Companion seat.
chart-restricted = Restricted view.
chart-stairs = Reached over steps.

# Your seats
seats-panel-title = Your seats
seats-panel-count = { $count } of { $limit }
seats-panel-sold-out = Everything is taken just now. A seat that comes free shows here at once.
seats-panel-not-yet = Look around. Seats can be taken when the sale begins.
seats-panel-over = Nothing can be bought here any more.
seats-panel-empty = Nothing yet. Press a seat and it is yours for { $minutes } minutes.
seats-time-left = Time left
seats-left-to-check-out = left to check out
seats-extend = Extend once, 5 min
seats-extended = Extended once
seats-ticket-type = Ticket type, { $place }
seats-change-type = Change
seats-fee = fees { $fee }
seats-release = Release { $place }
seats-also = Also in your cart
seats-places = { $count ->
    [one] { $count } place
   *[other] { $count } places
}
seats-total = { $count ->
    [one] Total, { $count } ticket
   *[other] Total, { $count } tickets
}
seats-check-out = Check out
seats-check-out-total = Check out, { $total }
seats-check-out-why = Choose a seat first.
seats-fees-included = All fees included: { $fees }
seats-no-fees = No fees
seats-held-count = { $count ->
    [one] { $count } seat held
   *[other] { $count } seats held
}
seats-panel-toggle = Show or hide your seats
seats-lapsed = Time’s up, so we let the seats go.
seats-lapsed-free = { $places } are still free.
seats-lapsed-gone = Others have taken them by now.
seats-lapsed-dismiss = Dismiss
seats-take-again = Take them again

# Best seats
best-title = Best seats for me
best-short = Best seats
best-count = How many
best-less = One fewer
best-more = One more
best-price = Price
best-any-price = Any price
best-together = Together
best-step-free = Step-free
best-find = Find seats
best-together-answer = { $section }, row { $row }: the closest { $count } together at this price.
best-one-answer = { $section }, row { $row }: the closest seat at this price.
best-single-answer = These are the closest { $count } seats, each by itself.
best-together-any-price = { $section }, row { $row }: the closest { $count } together.
best-one-any-price = { $section }, row { $row }: the closest seat.
best-closest-answer = No { $count } were free side by side, so these are the closest single seats.
best-standing-answer = { $area }: places to stand.

# The list
list-label = Seats by section and row
list-sections = Sections
list-section-free = { $free } free
list-hide-full = Hide full rows
list-step-free = Step-free, { $count }
list-search = Row and seat, “F 16”
list-search-label = Find a row or a seat
list-row = Row { $row }
list-table = Table { $row }
list-row-price = { $name }, { $price }
list-row-free = { $count ->
    [one] { $shown } free
   *[other] { $shown } free
}
list-row-yours = { $count ->
    [one] { $shown } yours
   *[other] { $shown } yours
}
list-row-together = up to { $count } together
list-row-full = Full
list-best-in-row = Best { $count } in this row
list-seat = Row { $row }, seat { $seat }
list-table-seat = Table { $row }, chair { $seat }
list-hint = Arrow keys move, Enter takes or releases.
list-aisles = Aisles: after { $seats }.
list-and = { $first } and { $last }
list-hold = Hold the chosen seats
list-hold-hint = They are yours for { $minutes } minutes from the first seat.
list-standing-count = Places, { $area }
list-standing-hold = Hold places
list-search-none = There is no row like “{ $text }” here.
list-nothing = No row fits. Show full rows or choose another section.
list-full-section = This section is full.

# What went wrong, and what is safe
seats-error-seats_taken = { $count ->
    [one] That seat was just taken.
   *[other] Those seats were just taken.
}
seats-error-yours = { $count ->
    [0] { "" }
    [one] Your seat is still yours.
    [2] Your two are still yours.
    [3] Your three are still yours.
    [4] Your four are still yours.
    [5] Your five are still yours.
    [6] Your six are still yours.
    [7] Your seven are still yours.
    [8] Your eight are still yours.
    [9] Your nine are still yours.
    [10] Your ten are still yours.
   *[other] Your { $count } are still yours.
}
seats-error-seat_limit = { $limit ->
    [10] Ten seats is the most for this show.
   *[other] { $limit } seats is the most for this show.
}
seats-error-too_many_held = So many seats are being chosen from your network that no more can be held just now. Try again in a minute.
seats-error-held_too_long = These seats were held for 20 minutes and not bought. For the next 10 only others can take them; choose other seats.
seats-error-orphan_seat = That would leave a single free seat. Take the seat beside it, or leave two free.
seats-error-no_seats_found = No free seats match that. Try fewer, another price, or seats apart.
seats-error-not_yet_on_sale = The sale has not begun yet.
seats-error-sale_ended = The sale is over.
seats-error-performance_cancelled = This performance was cancelled.
seats-error-hold_lapsed = Time’s up, so we let the seats go.
seats-error-already_extended = The time was extended already; once is the most.
seats-error-cart_limit = Your cart spans as many dates as it can. Check out first, then go on.
seats-error-rate_limited = That was a lot at once. Wait a few seconds, then try again.
seats-error-busy = Very many people are choosing seats right now. Try again in a moment.
seats-error-unreachable = We can’t reach TicketBoss. Your seats stay yours; they show here again once the connection is back.
seats-type-refused = That ticket type could not be chosen; the panel shows the current one.
seats-error-other = That did not work, and nothing was changed. Try again.
seats-show-nearby = Show nearby
seats-not-on-sale = On sale from { $when }
seats-taken-by-you = { $place } is yours.
seats-released = { $place } is free again.
seats-minutes-left = { $count ->
    [one] { $count } minute left to check out.
   *[other] { $count } minutes left to check out.
}
