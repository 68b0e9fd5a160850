### The site's words, English. Short, exact, friendly; what happened, what is safe, what to do.

## On every page
skip-to-content = Skip to the content
open-graph-locale = en_GB
nav-label = Main
nav-events = Events
nav-tickets = Tickets
nav-cart = Cart
language-label = Language
language-name-en = English
language-name-es = Español
foot-promise = All prices include all fees.
foot-api = For developers
foot-demo-mail = The demo’s messages
category-theatre = Theatre
category-classical = Classical
category-opera = Opera
category-dance = Dance
category-concert = Concert
category-comedy = Comedy
category-club = Club
category-family = Family
category-sport = Sport
category-talk = Talk

## The cart bar and time
cart-bar = { $seats ->
    [one] 1 seat, { $total }
   *[other] { $seats } seats, { $total }
}
cart-bar-seats = { $seats ->
    [one] 1 seat
   *[other] { $seats } seats
}
cart-bar-lapsed = Time’s up, so we let the seats go.
cart-bar-lapsed-next = See what is still free
cart-bar-lapsed-of = Time’s up for { $title }
cart-bar-detail = { $title }, { $date }
cart-bar-more = { $title } and { $more ->
    [one] 1 more
   *[other] { $more } more
}
cart-time-left = Time left
cart-check-out = Check out
cart-is-empty = Cart is empty
minutes-left = { $minutes ->
    [one] 1 minute left for the seats in your cart.
   *[other] { $minutes } minutes left for the seats in your cart.
}

## Server away
away-title = We can’t reach TicketBoss
away-fact = We can’t reach TicketBoss.
away-safe = Nothing you bought is lost. Your tickets are in your mail, and seats you hold stay yours until their time is up.
away-trying = Trying again in { $seconds } s.
away-asking = Asking now…
away-try-now = Try now
lost-title = We lost the connection
lost-fact = We lost the connection.
lost-safe = If you paid, your tickets are on their way; you won’t be charged twice. If not, your seats stay yours until their time is up.
lost-check = Check my order
away-back = Back online. Everything is up to date.

## Events
events-title = TicketBoss: what’s on
events-description = Theatre, concerts, clubs and more. See every seat live and every price with its fees.
search-what = What
search-what-hint = Title, artist or venue
search-when = When
search-where = Where
search-category = Category
search-button = Search
chips-label = Quick choices
when-any = Any date
when-tonight = Tonight
when-weekend = This weekend
when-weekend-short = Weekend
when-week = Next 7 days
where-any = Anywhere
category-any = All
day-events = { $count ->
    [one] 1 event
   *[other] { $count } events
}
day-month = { $month } { $year }
place-standing = { $venue } · standing
price-from = from
price-incl-fees = incl. { $fees } fees
price-no-fees = no fees
price-to-come = Prices to be announced
few-seats = { $count ->
    [one] Last seat
   *[other] Last { $count } seats
}
few-places = { $count ->
    [one] Last place
   *[other] Last { $count } places
}
state-sold-out = Sold out
state-on-sale-from = On sale from { $moment }
state-ended = Sale has ended
state-cancelled = Cancelled
state-moved-from = Moved from { $date }
pages-label = Pages
pages-first = First page
pages-next = Later events
nothing-when-where = Nothing { $when } in { $place }.
nothing-when = Nothing { $when }.
nothing-where = Nothing in { $place } at the moment.
nothing-words = Nothing for “{ $words }”.
nothing-of-category = { $category }: { $nothing }
nothing-plain = Nothing here at the moment.
nothing-on-day = on { $date }
nothing-tonight = tonight
nothing-weekend = this weekend
nothing-week = in the next 7 days
nothing-in-month = in { $month }
nothing-next = The next event is { $title }, { $date }.
nothing-none = Try another date or fewer words.
nothing-show = Show it
nothing-show-all = Show all events

## One event
event-title = { $title }: dates, seats and prices
event-poster = Poster of { $title }
event-hours = { $hours } h { $minutes }
event-hours-exact = { $hours } h
event-minutes = { $minutes } min
event-interval = { $count ->
    [0] { $duration }
    [one] { $duration }, one interval
   *[other] { $duration }, { $count } intervals
}
event-age = Ages { $years } and over
event-in-language = In { $language }
language-ca = Catalan
language-de = German
language-en = English
language-es = Spanish
language-eu = Basque
language-fr = French
language-gl = Galician
language-it = Italian
language-pt = Portuguese
event-when = When
event-zone = All times in { $city } ({ $zone })
event-no-dates = No dates are planned at the moment.
event-doors = Doors { $time }
event-elsewhere = { $venue }, { $city }
event-yours = { $count ->
    [one] 1 is yours
   *[other] { $count } are yours
}
event-see-seats = See seats
event-calendar = Add to calendar
event-prices = Prices, with every fee
event-seats-column = Seats
event-free = free
event-not-sold = not sold
event-fees = Each price includes the { $fee } booking fee and VAT { $rate } %. Nothing is added later, except post if you want it.
event-fees-varied = Each price includes every booking fee and VAT { $rate } %. Nothing is added later, except post if you want it.
event-ticket-type-note = { $name }: { $note }
event-getting-in = Getting in
event-latecomers = Come when the doors open; your ticket names your entrance.
event-cannot-come = Can’t come?
event-where = Where
event-map = Sketch of where { $venue } is: { $address }
event-directions = Directions
event-sold-by = Sold by
event-questions = Questions:

## Cart
cart-title = Your cart
cart-empty-fact = Nothing here yet.
cart-empty-advice = Seats you tap are held for 10 minutes and wait here.
cart-empty-action = See events
cart-when-where = { $when }, { $venue }
cart-ticket-type = Ticket type
cart-type-price = { $type }, { $price }
cart-change-type = Change
cart-release = Release
cart-add-seat = Add or change seats
cart-fee = fees { $fee }
cart-left-to-check-out = left to check out
cart-extend = Extend once, 5 min
cart-already-extended = Already extended
cart-yours-now = Yours now
cart-line = { $count ->
    [one] { $title }, 1 ticket
   *[other] { $title }, { $count } tickets
}
cart-line-let-go = { $title }, released
cart-fees = Booking fees, all included
cart-total = { $count ->
    [one] Total, 1 ticket
   *[other] Total, { $count } tickets
}
cart-check-out-for = Check out, { $total }
cart-time-stops = Time stops when you press Buy.
cart-nothing-held = Nothing is held right now.
cart-mixed-currencies = These seats are sold in different currencies. Buy them one after the other.
lapsed-headline = Time’s up, so we let the seats go
lapsed-what = { $title }, { $when }.
lapsed-still-free = { $count ->
    [one] { $places } is still free
   *[other] { $places } are still free
}
lapsed-rest = , { $total }. They are not held for you until you take them again.
lapsed-gone = Others have taken them by now.
lapsed-again = Take them again
lapsed-see-chart = See the chart
lapsed-let-go = Release them
lapsed-see-free = See what is free
lapsed-dismiss = Dismiss
lapsed-ended = Ended at { $time }. Your other seats are not affected.

## Check-out
steps-label = Steps to buying
step-done = done
step-seats = Seats
step-delivery = Delivery
step-you = You
step-card = Card
step-review = Review
checkout-yours-for = Seats are yours for
receipt-label = Order summary
receipt-date-doors = { $date }. Doors { $doors }
receipt-place = { $venue }, { $city }
receipt-tickets = { $count ->
    [one] 1 ticket
   *[other] { $count } tickets
}
receipt-fees-each = Booking fees, { $count } × { $fee }
receipt-fees = Booking fees
receipt-post = Post, tracked
receipt-vat = Includes VAT { $rate } %
receipt-total = Total
form-errors = Please check this again.
delivery-title = How do you want your tickets?
delivery-email = By e-mail
delivery-email-words = At once, as a PDF with a code for the door. Also here on the screen.
delivery-post = By post
delivery-post-words = Printed and tracked. Arrives { $date } at the earliest. Also by e-mail, at once.
delivery-post-too-late = Post is not offered: a letter would arrive too late.
delivery-collection = Kept at the box office
delivery-collection-words = Pick them up with your name and order number. Also by e-mail, at once.
delivery-free = Free
delivery-go-on = Continue
address-name = Name on the letterbox
address-street = Street, number, floor
address-postal-code = Postcode
address-city = Town or city
address-country = Country
address-missing = Fill this in, with at most { $max } characters and no links.
country-AT = Austria
country-BE = Belgium
country-CH = Switzerland
country-DE = Germany
country-ES = Spain
country-FR = France
country-GB = United Kingdom
country-IE = Ireland
country-IT = Italy
country-NL = Netherlands
country-PT = Portugal
you-title = Who are you?
you-lead = You buy as a guest: a name for the tickets and an e-mail to send them to is all we need.
you-lead-account = A name for the tickets and the e-mail they go to.
you-name = Name
you-email = E-mail
you-email-hint = Your tickets go here, so please check it.
you-name-wrong = Enter your name, with at most 120 characters. Links, addresses and phone numbers are not allowed, and a full stop needs a space after it.
you-email-wrong = An e-mail address looks like name@example.org.
you-go-on = Go to card
card-title = How do you want to pay?
card-ending = { $brand } ending { $last4 }
card-until = until { $month }
card-expired = expired { $month }
card-another = A new card
card-save = Keep this card for next time
card-save-hint = You can remove it in Account
card-not-usable = This card can’t be used any more. Choose another one.
card-keep = Use this one
card-declined-just-now = Declined just now
card-give-up = Change seats or delivery instead
card-not-a-test-card = This is the sandbox: it takes only the test cards below.
card-new = A card
card-straight-to-provider = Goes straight to the payment provider
card-number = Card number
card-good-until = Expiry date
card-security-code = Security code
card-security-code-hint = 3 digits
card-go-on = Go to review
card-not-now = You pay on the next page, not now. Dashed frames belong to the payment provider.
declined-fact = Your bank declined { $card }.
declined-fact-card = Your bank declined this card.
declined-safe = Nothing was charged, and your seats are yours for { $time }. Use another card below, or ask your bank and try this one again.
sandbox-title = Sandbox: no real card is charged
sandbox-lead = Press one to pay with it. Each behaves as its bank would.
trial-success = Goes through
trial-declined = Declined by the bank
trial-insufficient-funds = Declined: not enough money
trial-expired = Declined: card expired
trial-challenge = The bank asks you first (3-D Secure)
trial-lost = The answer is lost, then the payment goes through
review-title = One last look
review-change = Change
review-bank-may-ask = Your bank may ask you to confirm. Your seats stay yours while it decides.
review-refunds = Refunds
review-refunds-event = { $title }: { $terms }
review-note = { $type }: { $note }
review-buy = Buy for { $total }
review-charged-once = Charged once, even if you press twice.
challenge-title = Your bank asks: is it you?
challenge-sentence = TicketBoss asks for { $total }. Your seats stay yours while you decide.
challenge-approve = Yes, pay
challenge-refuse = No, don’t pay
challenge-note = A real bank would ask here with its own page (3-D Secure). This is the sandbox’s.

## After buying
order-paid-title = Your tickets
order-paid-lead = Paid, thank you. Order { $number }; the same tickets are on their way to { $email }.
order-paid-lead-post = Paid, thank you. Order { $number }; the printed tickets come by post, and the same codes go to { $email } at once.
order-pdf = Print or save tickets (PDF)
order-pdf-short = Print
order-calendar = Calendar
order-receipt-pdf = Receipt as PDF
order-mail-again = Send the mail again
order-mail-sent = Sent again to { $email }.
order-mail-later = The mail was sent a moment ago. Look in your spam folder, and try again a little later.
order-mail-none = There is no mail to send for this order.
order-tickets-shown = Tickets { $first } to { $last } of { $count }
order-tickets-previous = Previous tickets
order-tickets-next = More tickets
order-receipt = Receipt
order-number-date = Order { $number }, { $date }
order-paid-with = Paid with { $card }
order-paid = Paid
screen-ticket-position = Ticket { $position } of { $count }
screen-ticket-code = Code to read out:
screen-ticket-section = Section
screen-ticket-row = Row
screen-ticket-seat = Seat
screen-ticket-table = Table
screen-ticket-chair = Chair
screen-ticket-place-label = Place
screen-ticket-standing = Standing
screen-ticket-entrance = Entrance
screen-ticket-any-entrance = Main
screen-ticket-doors = Doors
screen-ticket-starts = Starts
screen-ticket-foot = { $type }, { $price } with all fees. For { $name }.
screen-ticket-alone = Show only this one
screen-ticket-all = All tickets of this order
screen-ticket-awake = The screen stays on
screen-ticket-map = Map
screen-ticket-previous = Previous
screen-ticket-next = Next
order-checking-title = Your bank is checking
order-checking = Your bank is checking. Keep this open; your seats stay yours.
order-checking-action = Go to my bank
order-uncertain-title = We lost the connection
order-uncertain = We lost the connection. If you paid, your tickets are on their way; you won’t be charged twice.
order-uncertain-look = This page checks again by itself every few seconds.
order-uncertain-action = Check my order
order-declined-title = Your bank declined the payment
order-declined-action = Try another card
order-lapsed-title = Time’s up, so the order ended
order-lapsed = Order { $number } was not paid in time. Nothing was charged, and the seats are free again.
order-lapsed-action = See the seats
order-voided-title = The seats were no longer available
order-voided = The seats of order { $number } were no longer available when your payment came through. You get all your money back; your bank shows it within a few days.
tickets-title = Your tickets
tickets-empty = No tickets yet.
tickets-empty-advice = They’ll be here as soon as you buy some.
tickets-show = Show codes
tickets-continue = See the order
tickets-doors = Doors { $time }
tickets-starts = Starts { $time }
tickets-foot-paid = Order { $number }, { $total }, paid
tickets-foot-open = Order { $number }, { $total }, not paid yet
tickets-foot-over = Order { $number }, { $total }; this date is over
ticket-cancelled = Cancelled. This ticket is no longer valid at the door; the organizer will write to you about your money.
ticket-moved = This is the new date. It was { $date } before; your ticket stays valid.
tickets-filter = Which tickets
tickets-all = All
tickets-upcoming = Upcoming, { $count }
tickets-past = Past, { $count }
tickets-none = Nothing here.
tickets-guest = This browser’s tickets. Bought elsewhere? The link in your mail opens them, and with an account they are all here.
tickets-mail-again = E-mail again
tickets-more = More tickets
tickets-more-past = Older orders
tickets-past-title = Past orders
tickets-head-order = Order
tickets-head-date = Date
tickets-head-event = Event
tickets-head-tickets = Tickets
tickets-head-state = State
tickets-head-total = Total
tickets-count = { $count ->
    [one] 1 ticket
   *[other] { $count } tickets
}
tickets-state-paid = Paid
tickets-state-unknown = See the order
tickets-state-lapsed = Not paid in time
tickets-state-voided = Money given back
tickets-seats = { $count ->
    [one] Seat
   *[other] Seats
}
tickets-places = { $count ->
    [one] Place
   *[other] Places
}

## The demo's mail and the API
demo-mail-title = The demo’s messages
demo-mail-site = To the site
demo-mail-lead = What TicketBoss would send to mailboxes and phones lands here, because this demo has no server for either.
demo-mail-none = No mail yet. Buy a ticket and it arrives.
demo-mail-from = From
demo-mail-to = To
demo-mail-as-html = HTML version
demo-mail-texts = Text messages
demo-mail-older = Older text messages
demo-mail-no-texts = No text message yet. A code for a forgotten password arrives here.
demo-mail-mails = Mails
demo-mail-again = Refresh
demo-mail-all = All messages
api-title = For developers
api-lead = Everything this site does, your program can do as well. The machine-readable description:
api-contents = Operations
api-parameters = Parameters
api-body = Body (JSON):
api-answers = Responses
api-shapes = Schemas
api-required = required

## Pages that say one thing
error-not-found-title = There’s nothing here
error-not-found = The address may be old, or the event is over.
error-server-title = That went wrong on our side
error-server = We have logged the error and will look into it. Nothing was charged twice, and seats you hold are still yours.
error-busy-title = A lot is going on right now
error-busy = So many people are here that we have to slow down. Wait a few seconds and try again; your seats stay yours.
error-forbidden-title = The request came from another site
error-forbidden = To keep you safe we did not carry it out. Open the page here and try again.
error-invalid-title = We could not read that
error-invalid = Something in the request is wrong. Go back and try again.
tell-me = Tell me
tell-me-title = Tell me when there are seats
tell-me-lead = We write to you once, as soon as there are seats, and keep your address for nothing else.
tell-me-seats-now = There are seats now
tell-me-chart = Look at the live chart
tell-me-done-title = You’ll hear from us
tell-me-done = { $email } gets a mail as soon as there are seats for { $what }.
tell-me-meanwhile = Others are waiting as well; the first to choose a seat gets it.

error-home = See events
error-cart = To the cart

## Refusals, by their code
refused-seats_taken = Some of these seats were just taken. What is in your cart is still yours.
refused-seat_limit = That is more seats than one person may have for this show.
refused-too_many_held = So many seats for this show are being chosen from your network that no more can be held just now. What you hold is still yours; try again in a minute.
refused-held_too_long = These seats were held for 20 minutes and not bought, so for the next 10 only others can take them. Choose other seats, or come back then.
refused-orphan_seat = That would leave a single free seat. Choose the seat next to it as well.
refused-no_seats_found = No free seats match that.
refused-not_yet_on_sale = The sale has not begun yet.
refused-sale_ended = The sale is over.
refused-performance_cancelled = This performance was cancelled.
refused-hold_lapsed = Time’s up, so we let the seats go. Nothing was charged.
refused-already_extended = You have used your one extension.
refused-cart_empty = Your cart is empty, so there is nothing to buy.
refused-cart_limit = One cart can’t span that many performances. Check out first, then go on.
refused-total_changed = The total has changed since you saw it. Please look at it once more; nothing was charged.
refused-mixed_currencies = These seats are sold in different currencies. Buy them one after the other.
refused-order_closed = This order is already finished.
refused-other = That did not work. Nothing was charged; please try again.
