"""A stand-in for Stripe: its API as far as we use it, its payment page and its webhooks.

It honours idempotency keys, refuses what the parameters of the installed client do not know, and keeps everything in
PostgreSQL, because the server and the worker are two processes.
"""

from __future__ import annotations

from portal.sandbox.stripe import api, hosted, pages

ROUTES = [*api.ROUTES, *hosted.ROUTES, *pages.ROUTES]
