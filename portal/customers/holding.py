"""Whom a telephone number stands for, where nobody signed in: who sent an SMS or called.

A number is a customer's where it is their contact number, or the only mobile line of a natural person. A company's
employee has the company's line, not its bills; of several lines of a person another may be a child's.
"""

from __future__ import annotations

HOLDERS = """
    SELECT id, number, language FROM customers WHERE contact_number = $1
    UNION
    SELECT c.id, c.number, c.language
    FROM lines l JOIN accounts a ON a.id = l.account JOIN customers c ON c.id = a.customer
    WHERE l.number = $1 AND l.kind = 'mobile' AND c.kind = 'person' AND NOT EXISTS (
        SELECT FROM lines o JOIN accounts oa ON oa.id = o.account
        WHERE oa.customer = c.id AND o.kind = 'mobile' AND o.id <> l.id
    )
"""
"""The customers, for a number in E.164 as $1. Several may share one; for most numbers there is none."""
