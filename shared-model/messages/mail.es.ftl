# El correo que trae las entradas.

mail-subject-one = Tus entradas para { $title } ({ $when })
mail-subject-many = Tus entradas para { $count } eventos, pedido { $order }
# Lo que un buzón enseña junto al asunto
mail-preview = Tus entradas van adjuntas. Pedido { $order }, { $total }.
mail-greeting = Hola, { $name }:
mail-lead = { $count ->
    [one] Aquí está tu entrada. Va adjunta en PDF, para el papel o el móvil.
   *[other] Aquí están tus { $count } entradas. Van adjuntas en PDF, una por página, para el papel o el móvil.
}
mail-delivery-post = Las entradas impresas van además por correo postal a { $address }. No hace falta esperarlas: con el PDF también puedes entrar.
mail-delivery-collection = Las entradas impresas te esperan además en taquilla. Di { $order } o tu nombre. Con el PDF también puedes entrar.
mail-doors-and-start = Puertas { $doors }, comienzo { $starts }
mail-start = Comienzo { $starts }
mail-place-entrance = { $place }, { $entrance }
mail-sold-by = Vendido por { $name }
mail-postage = Envío
mail-total = Total
mail-total-includes = incl. { $fees } de gastos y { $tax } de IVA
mail-order-number = Pedido { $order }
mail-see-order = Ver mi pedido
mail-calendar-hint = El otro adjunto añade la fecha a tu calendario.
mail-door-hint = Cada código vale una sola vez: comparte una entrada solo con quien vaya a venir.
mail-foot = Recibes este correo porque con esta dirección se compraron entradas en { $site }.
mail-tickets-file = entradas-{ $order }.pdf
mail-calendar-file = calendario-{ $order }.ics
