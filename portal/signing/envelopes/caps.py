"""How often codes for signing may be asked for and tried, and why just so often."""

from __future__ import annotations

from datetime import timedelta

from portal.limits import Limit

# Whoever waits for a slow SMS needs two or three; a household signs a handful of orders a day at most.
ASKED_IN_AN_HOUR = Limit("signing_hour", 5, timedelta(hours=1))
ASKED_IN_A_DAY = Limit("signing_day", 15, timedelta(days=1))

# Six digits and five tries for one envelope, whoever tries and however many codes are sent: then staff looks into it.
MOST_WRONG_CODES = 5
