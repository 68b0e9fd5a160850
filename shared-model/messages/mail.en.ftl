# The mail that brings the tickets.

mail-subject-one = Your tickets for { $title }, { $when }
mail-subject-many = Your tickets for { $count } events, order { $order }
# What a mailbox shows beside the subject
mail-preview = Your tickets are attached. Order { $order }, { $total }.
mail-greeting = Hello { $name },
mail-lead = { $count ->
    [one] Here is your ticket. It is attached as a PDF, for paper or your phone.
   *[other] Here are your { $count } tickets. They are attached as a PDF, one page each, for paper or your phone.
}
mail-delivery-post = The printed tickets also go by post to { $address }. You don’t need to wait for them: the PDF lets you in.
mail-delivery-collection = Printed tickets also wait at the box office. Say { $order } or your name. The PDF lets you in as well.
mail-doors-and-start = Doors { $doors }, starts { $starts }
mail-start = Starts { $starts }
mail-place-entrance = { $place }, { $entrance }
mail-sold-by = Sold by { $name }
mail-postage = Postage
mail-total = Total
mail-total-includes = incl. { $fees } fees and { $tax } VAT
mail-order-number = Order { $order }
mail-see-order = See my order
mail-calendar-hint = The other attachment adds the date to your calendar.
mail-door-hint = Each code works once, so share a ticket only with the person who comes.
mail-foot = You get this mail because this address bought tickets at { $site }.
mail-tickets-file = tickets-{ $order }.pdf
mail-calendar-file = calendar-{ $order }.ics
