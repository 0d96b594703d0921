#!/usr/bin/env python3
"""Writes holidays.csv beside itself: an independent table for `tests/holidays.rs` to compare the calendars with.

    pip install holidays && python crates/engine/tests/data/make_holidays.py
"""

import csv
from pathlib import Path

import holidays

CALENDARS = {"england-and-wales": "ENG", "northern-ireland": "NIR", "scotland": "SCT"}

with Path(__file__).with_name("holidays.csv").open("w", newline="") as file:
    file.write(f"# made by make_holidays.py from the Python package holidays {holidays.__version__}\n")
    table = csv.writer(file, lineterminator="\n")
    table.writerow(["calendar", "date", "name"])
    for calendar, subdivision in CALENDARS.items():
        days = holidays.country_holidays("GB", subdiv=subdivision, years=range(1990, 2036))
        table.writerows([calendar, date, days[date]] for date in sorted(days) if 1990 <= date.year <= 2035)
