"""Which account a bill and a customer's number mean together."""

from __future__ import annotations

from portal import reference
from portal.database import connection


async def find(written: str, customer_number: str) -> str | None:
    """The account's number, or None. `written`: a bill's reference or number, which may read like a reference too;
    `customer_number`: the customer's, or the account's.

    Both are always looked up, each by itself, so that neither the answer nor its time tells which one is unknown.
    The account's own reference is none of a bill: it is made of the account's number, so that who counts through
    these would have both.
    """
    bare = reference.without_spaces(written)
    read = reference.read(written)
    async with connection() as connected:
        meant = await connected.fetch(MEANT, str(read) if read else bare, bare)
        named = await connected.fetch(NAMED, plain_number(customer_number))
    own = {row["id"] for row in named}
    return next((row["number"] for row in meant if row["id"] in own), None)


def plain_number(customer_number: str) -> str:
    """Without the spaces, dots and slashes that people write into long numbers."""
    return "".join(filter(str.isalnum, reference.without_spaces(customer_number)))


MEANT = """
    SELECT a.id, a.number FROM bills b JOIN accounts a ON a.id = b.account WHERE b.reference = $1
    UNION ALL
    SELECT a.id, a.number FROM bills b JOIN accounts a ON a.id = b.account WHERE b.number = $2
"""
NAMED = """
    SELECT a.id FROM customers c JOIN accounts a ON a.customer = c.id WHERE c.number = $1
    UNION ALL
    SELECT id FROM accounts WHERE number = $1
"""
