# Una localidad como se dice, en páginas, correos y entradas.

place-seat = { $section }, fila { $row }, asiento { $seat }
place-table = { $section }, mesa { $row }, silla { $seat }
place-seat-no-row = { $section }, asiento { $seat }
place-standing-one = { $section }, de pie
place-row = { $section }, fila { $row }
place-table-alone = { $section }, mesa { $row }
place-short = { $section } { $row } { $seat }
places-joined = { $first } y { $last }
