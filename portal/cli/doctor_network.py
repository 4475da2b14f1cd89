"""What the doctor asks of the operator's network: whether there is one, whether it answers, and whether it knows us."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus

from portal.cli.findings import Finding, Weight, fault, fine, warning
from portal.network.port import NetworkTimeout
from portal.network.tmf640.adapter import LISTS, OF_LINE, SERVICE
from portal.network.tmf640.api import Answer, Api
from portal.settings import Settings

NO_LINE = "no such line"
LET_IN = (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN)


def of_settings(known: Settings) -> Iterator[Finding]:
    """What is wrong with an address or a token stops every process from starting."""
    if known.network_url is None:
        yield fault(
            "no network is connected: nobody is barred or connected again, and no service can be switched",
            "Set NETWORK_URL to the operator's TMF640 activation API, see docs/network.md.",
        )
    elif known.network_token is None:
        yield warning("NETWORK_TOKEN is unset: the network has to know us by our address", "Set it where it is asked.")


async def reached(known: Settings) -> AsyncIterator[Finding]:
    """Questions that change nothing."""
    api = Api.from_settings(known)
    if api is None:
        return
    try:
        yield (first := judged(await api.get(SERVICE, fields="id", limit="1")))
        if first.weight is Weight.FINE and (await api.get(SERVICE, **{OF_LINE: NO_LINE}, limit="1")).document != []:
            yield fault(
                "the network does not narrow a list of Services to a line: how they are set cannot be read",
                f"It has to filter by {OF_LINE}, see docs/network.md.",
            )
    except NetworkTimeout as silence:
        yield fault(f"the network does not answer: {silence}", "Check NETWORK_URL, and the way there.")
    finally:
        await api.close()


def judged(answer: Answer) -> Finding:
    if answer.status in LISTS and answer.document == []:
        return fault(
            "what answers at NETWORK_URL has no Service at all: every order stays unknown",
            "Check that it is the network meant, and that its inventory is loaded.",
        )
    if answer.status in LISTS and isinstance(answer.document, list):
        return fine("network: answers, and knows us")
    if answer.status in LET_IN:
        return fault(f"the network does not let us in: HTTP {answer.status}", "Check NETWORK_TOKEN.")
    if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return fault(f"the network has trouble of its own: HTTP {answer.status}", "Ask whoever runs it.")
    return fault(
        f"what answers at NETWORK_URL lists no Services: HTTP {answer.status}",
        "Check its path: it ends with the version, …/ServiceActivationAndConfiguration/v4.",
    )
