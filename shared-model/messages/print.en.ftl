# What stands on printed tickets.

print-title = Tickets { $order }
print-running-head = Ticket { $number } of { $count }, order { $order }
print-section = Section
print-area = Area
print-row = Row
print-seat = Seat
print-table = Table
print-chair = Chair
print-entrance = Entrance
print-doors = Doors
print-starts = Starts
print-code = Code
print-for = For
print-type = Type
print-price = Price
print-price-with-fees = { $price } incl. { $fees } fees
# A tax rate such as 10 %
print-tax = VAT { $rate }
print-tax-included = { $tax }, included
print-sold-by = Sold by
print-bought = Bought
print-qr-description = The ticket’s QR code, to be scanned at the door
print-terms-door = At the door
print-terms-door-text = Show this page or your phone. The code works only once, copies included.
print-terms-refund = Can’t come?
print-terms-refund-none = This ticket is not refundable. If the performance is cancelled or moved, we write to you.
print-terms-access = Getting in

# The receipt.
print-receipt-title = Receipt { $order }
print-receipt-number = Order
print-receipt-date = Paid
print-receipt-buyer = For
print-receipt-paid-with = Paid with
print-receipt-card = Card ending { $last4 }
print-receipt-sold-by = Sold by { $name }
print-receipt-postage = Postage
print-receipt-total-paid = Total, paid
print-receipt-contains-fees = Includes booking fees
print-receipt-contains-tax = VAT { $rate } %, included
print-receipt-foot = Prices include all fees and taxes. Keep this receipt for your books; the tickets are a separate document.
