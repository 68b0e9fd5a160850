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
print-sold-by = Vende
print-bought = Compra
print-qr-description = El código QR de la entrada, para escanear en la puerta
print-terms-door = En la puerta
print-terms-door-text = Enseña esta página o tu móvil. El código abre una sola vez. Las copias, no.
print-terms-refund = ¿No puedes venir?
print-terms-refund-none = Esta entrada no se puede devolver. Si la función se cancela o cambia de fecha, te escribimos.
print-terms-access = Cómo entrar
