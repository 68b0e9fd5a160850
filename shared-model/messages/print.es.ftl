# Lo que lleva una entrada impresa.

print-title = Entradas { $order }
print-running-head = Entrada { $number } de { $count }, pedido { $order }
print-section = Sector
print-area = Zona
print-row = Fila
print-seat = Asiento
print-table = Mesa
print-chair = Silla
print-entrance = Acceso
print-doors = Puertas
print-starts = Comienzo
print-code = Código
print-for = Para
print-type = Tarifa
print-price = Precio
print-price-with-fees = { $price }, incl. { $fees } de gastos
# Un tipo impositivo como 10 %
print-tax = IVA { $rate }
print-tax-included = { $tax }, incluido
print-sold-by = Vendido por
print-bought = Comprado
print-qr-description = El código QR de la entrada, para escanear en la puerta
print-terms-door = En la puerta
print-terms-door-text = Enseña esta página o tu móvil. El código vale una sola vez, copias incluidas.
print-terms-refund = ¿No puedes venir?
print-terms-refund-none = Esta entrada no se puede devolver. Si la función se cancela o cambia de fecha, te escribimos.
print-terms-access = Cómo entrar

# El recibo.
print-receipt-title = Recibo { $order }
print-receipt-number = Pedido
print-receipt-date = Pagado
print-receipt-buyer = Para
print-receipt-paid-with = Pagado con
print-receipt-card = Tarjeta acabada en { $last4 }
print-receipt-sold-by = Vendido por { $name }
print-receipt-postage = Envío
print-receipt-total-paid = Total pagado
print-receipt-contains-fees = Gastos de gestión incluidos
print-receipt-contains-tax = IVA { $rate } %, incluido
print-receipt-foot = Los precios incluyen todos los gastos e impuestos. Guarda este recibo para tus cuentas; las entradas son un documento aparte.
