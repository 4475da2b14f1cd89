"""How often somebody may ask for an account by what stands on its bill, and why just so often."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.identity.caps import network_of
from portal.limits import Limit
from portal.refusals import N_, Refusal
from portal.web import tokens

# A household has a handful of bills, a shop that pays for people a few dozen an hour. Hundreds share one address of a
# mobile network; most of them have the link that we sent them.
FROM_AN_ADDRESS = Limit("guest_address", 30, timedelta(minutes=15))
FROM_A_NETWORK = Limit("guest_network", 300, timedelta(days=1))

# Bills are numbered one after the other: of five millions, three dozen are a customer's. Whoever knows its number takes
# ten tries an hour for well over a year, and then sees an amount, a day and initials. Whoever uses these tries up to
# annoy the customer does not stop its links, nor somebody who names the account by its own number.
AT_A_CUSTOMER = Limit("guest_customer", 10, timedelta(hours=1))

# Each start is a call to Stripe. It is counted apart from what the customer starts, whom a guest shall not hinder.
STARTED = Limit("guest_started", 10, timedelta(minutes=10))

MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


class TooManyGuesses(Refusal):
    """`minutes` until it is possible again; from an hour and a half on `hours`, rounded up too."""

    status = 429
    message = N_("That was very often in a short time.")

    def __init__(self, wait: timedelta) -> None:
        super().__init__()
        self.minutes = max(1, -(-wait // MINUTE))
        self.hours = -(-wait // HOUR) if wait > 1.5 * HOUR else None


async def stay_within_limits(address: str, customer_number: str, at: datetime) -> None:
    """Count this asking, whatever comes of it, against where it comes from and whom it names.

    Nothing is forgotten after a success: who has one bill could else guess at all others. An address that is out of
    tries uses up none of the customer's.
    """
    for limit, key in (
        (FROM_AN_ADDRESS, address),
        (FROM_A_NETWORK, network_of(address)),
        (AT_A_CUSTOMER, tokens.hashed(customer_number).hex()),
    ):
        if not await limit.take(key, at):
            again = await limit.left_until(key, at) or at
            raise TooManyGuesses(again - at)
