"""Dates in English: day, month in words, year; times of 24 hours; weeks begin on Monday."""

DATE_FORMAT = "j F Y"
SHORT_DATE_FORMAT = "j M Y"
DATETIME_FORMAT = "j F Y, H:i"
SHORT_DATETIME_FORMAT = "j M Y, H:i"
MONTH_DAY_FORMAT = "j F"
TIME_FORMAT = "H:i"
FIRST_DAY_OF_WEEK = 1

DAY_FORMAT = "j M"
DAY_TIME_FORMAT = "j M, H:i"
WEEKDAY_DATE_FORMAT = "l, j F Y"
WEEKDAY_DATE_TIME_FORMAT = "D j M Y, H:i"
WEEKDAY_TIME_FORMAT = "D j M, H:i"
EXACT_MINUTE_FORMAT = "Y-m-d H:i T"
EXACT_TIME_FORMAT = "Y-m-d H:i:s T"
