# Days, months and the ways to write a date. Numbers arrive as text, ready to print.

weekday-1 = Monday
weekday-2 = Tuesday
weekday-3 = Wednesday
weekday-4 = Thursday
weekday-5 = Friday
weekday-6 = Saturday
weekday-7 = Sunday

weekday-short-1 = Mon
weekday-short-2 = Tue
weekday-short-3 = Wed
weekday-short-4 = Thu
weekday-short-5 = Fri
weekday-short-6 = Sat
weekday-short-7 = Sun

month-1 = January
month-2 = February
month-3 = March
month-4 = April
month-5 = May
month-6 = June
month-7 = July
month-8 = August
month-9 = September
month-10 = October
month-11 = November
month-12 = December

month-short-1 = Jan
month-short-2 = Feb
month-short-3 = Mar
month-short-4 = Apr
month-short-5 = May
month-short-6 = Jun
month-short-7 = Jul
month-short-8 = Aug
month-short-9 = Sep
month-short-10 = Oct
month-short-11 = Nov
month-short-12 = Dec

# Saturday 12 December 2026
date-long = { $weekday } { $day } { $month } { $year }
# Saturday 12 December
date-medium = { $weekday } { $day } { $month }
# Sat 12 Dec
date-short = { $weekday } { $day } { $month }
# Sat 12 Dec 2026
date-short-year = { $weekday } { $day } { $month } { $year }
# 22 November 2026
date-plain = { $day } { $month } { $year }
# November 2026
month-year = { $month } { $year }
# A date as above, then 19:30
date-time = { $date }, { $time }
# 19:30 CET, held together by a no-break space
time-zoned = { $time } { $zone }

day-today = Today
day-tonight = Tonight
day-tomorrow = Tomorrow

# Lines of a calendar entry; the time has its zone.
calendar-doors = Doors { $time }
calendar-starts = Starts { $time }
