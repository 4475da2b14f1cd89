"""What a short message says: its template in the customer's language, in characters that cost the fewest segments."""

from __future__ import annotations

from portal.messaging.tables import Channel
from portal.messaging.templates import template
from portal.messaging.values import Values
from portal.settings import settings
from portal.web.templating import environment

# These alone would make a message of 160 characters one of 70; č, š and ž stay: a message is correct Slovenian.
PLAIN = str.maketrans({"\u00a0": " ", "\u202f": " ", "\u2009": " ", "–": "-", "—": "-", "’": "'", "“": '"', "”": '"'})


def sms_text(name: str, language: str, values: Values) -> str:
    """`templates/messages/<name>/sms.txt`, filled. A value that the template needs and is not there is an error."""
    loaded = environment(language).get_template(template(name).path(Channel.SMS))
    return loaded.render(known() | dict(values)).translate(PLAIN).strip()


def title(name: str, language: str) -> str:
    """What the message is called in a list."""
    return environment(language).get_template(f"messages/{name}/title.txt").render(known()).strip()


def known() -> dict[str, object]:
    """What every message knows: who writes, and where to go. One about an account brings its own `pay_link`."""
    ours = settings()
    return {
        "operator": ours.portal_operator,
        "portal": ours.origin,
        "pay_link": ours.link("/pay"),
        "host": ours.host,
        "care_number": ours.portal_care_number,
        "collections_number": ours.portal_collections_number,
        "collections_email": ours.portal_collections_email,
        "payee": ours.payee,
        "iban": ours.payee_iban,
    }
