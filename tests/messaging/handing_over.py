"""A mail that is handed over to a server, and what comes of it."""

from __future__ import annotations

from email.message import EmailMessage

from portal.messaging.smtp import SmtpServer
from portal.messaging.smtp_connections import Limits
from tests.mail_server import Running

ANA = "ana@example.test"
QUICK = Limits(connecting=5, command=0.2, taking=0.2)


def gateway(running: Running, **options: object) -> SmtpServer:
    return SmtpServer(running.at(), "moj@operator.si", name="moj.test", **options)  # type: ignore[arg-type]


def a_mail(text: str = "Pozdravljeni, čšž.") -> EmailMessage:
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "moj@operator.si", ANA, "Račun"
    mail.set_content(text)
    return mail


async def outcome(to: SmtpServer, address: str = ANA, mail: EmailMessage | None = None) -> Exception | None:
    try:
        await to.send(address, mail or a_mail())
    except Exception as answer:  # noqa: BLE001 - which one it is, is what a test asks
        return answer
    finally:
        await to.close()
    return None
