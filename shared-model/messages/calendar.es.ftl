# Días, meses y las maneras de escribir una fecha. Los números llegan como texto.

weekday-1 = lunes
weekday-2 = martes
weekday-3 = miércoles
weekday-4 = jueves
weekday-5 = viernes
weekday-6 = sábado
weekday-7 = domingo

weekday-short-1 = lun
weekday-short-2 = mar
weekday-short-3 = mié
weekday-short-4 = jue
weekday-short-5 = vie
weekday-short-6 = sáb
weekday-short-7 = dom

month-1 = enero
month-2 = febrero
month-3 = marzo
month-4 = abril
month-5 = mayo
month-6 = junio
month-7 = julio
month-8 = agosto
month-9 = septiembre
month-10 = octubre
month-11 = noviembre
month-12 = diciembre

month-short-1 = ene
month-short-2 = feb
month-short-3 = mar
month-short-4 = abr
month-short-5 = may
month-short-6 = jun
month-short-7 = jul
month-short-8 = ago
month-short-9 = sept
month-short-10 = oct
month-short-11 = nov
month-short-12 = dic

# sábado, 12 de diciembre de 2026
date-long = { $weekday }, { $day } de { $month } de { $year }
# sábado, 12 de diciembre
date-medium = { $weekday }, { $day } de { $month }
# sáb, 12 dic
date-short = { $weekday }, { $day } { $month }
# sáb, 12 dic 2026
date-short-year = { $weekday }, { $day } { $month } { $year }
# 22 de noviembre de 2026
date-plain = { $day } de { $month } de { $year }
# Una fecha como arriba y 19:30
date-time = { $date }, { $time }
# 19:30 CET, unidos por un espacio duro
time-zoned = { $time } { $zone }

day-today = Hoy
day-tonight = Esta noche
day-tomorrow = Mañana

# Líneas de una cita de calendario; la hora lleva su zona.
calendar-doors = Puertas { $time }
calendar-starts = Comienzo { $time }

month-year = { $month } de { $year }
