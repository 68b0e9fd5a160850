# A place as people say it, on pages, in mails and on tickets.

place-seat = { $section }, row { $row }, seat { $seat }
place-table = { $section }, table { $row }, chair { $seat }
place-seat-no-row = { $section }, seat { $seat }
place-standing-one = { $section }, standing
place-row = { $section }, row { $row }
place-table-alone = { $section }, table { $row }
place-short = { $section } { $row } { $seat }
places-joined = { $first } and { $last }
