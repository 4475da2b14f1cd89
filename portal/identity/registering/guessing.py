"""How often somebody may try to register, and why just so often."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from portal.identity import caps
from portal.identity.registering.refusals import TooManyGuesses, TooManySent
from portal.identity.tables import RegisteredBy
from portal.limits import Limit
from portal.web import tokens

# One registers once. Hundreds share one address of a mobile network, and few of them register in the same quarter.
FROM_AN_ADDRESS = Limit("register_address", 30, timedelta(minutes=15))
FROM_A_NETWORK = Limit("register_network", 300, timedelta(days=1))

# Tax numbers have seven free digits: ten tries an hour find one in a lifetime, and lead to masked data and to an SMS
# on the customer's own phone. Each way has its own, so whoever uses these up to annoy the customer stops neither the
# letter nor staff.
AT_A_CUSTOMER = Limit("register_customer", 10, timedelta(hours=1))

# Whoever waits for a slow SMS needs two or three. The letter's go where its reader says, so each number has a share
# of its own, and each range.
SENT_FOR_A_CUSTOMER = Limit("register_sent", 5, timedelta(days=1))


async def stay_within_limits(by: RegisteredBy, address: str, customer_number: str, at: datetime) -> None:
    """Count this try, whatever comes of it, against where it comes from and whom it names."""
    for limit, key in (
        (FROM_AN_ADDRESS, caps.address_key(address)),
        (FROM_A_NETWORK, caps.network_of(address)),
        (AT_A_CUSTOMER, f"{by}:{tokens.hashed(customer_number).hex()}"),
    ):
        if not await limit.take(key, at):
            raise TooManyGuesses(await limit.left_until(key, at) or at)


async def stay_within_sendings(customer: UUID, number: str, at: datetime, *, is_of_a_letter: bool) -> None:
    """Count one more password against the customer it is for and, where its reader chose it, the number it goes to."""
    limits = [(SENT_FOR_A_CUSTOMER, str(customer))]
    if is_of_a_letter:
        limits += [
            (caps.CHANGES_TO_ONE, caps.key_of(number, None)),
            (caps.CHANGES_TO_A_PREFIX, caps.prefix_key(number)),
        ]
    for limit, key in limits:
        if not await limit.take(key, at):
            raise TooManySent(await limit.left_until(key, at) or at)
