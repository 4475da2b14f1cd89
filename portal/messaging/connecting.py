"""Which gateways this process uses: what the environment names. A second kind of SMS gateway is chosen here."""

from __future__ import annotations

from portal.messaging import gateways
from portal.messaging.kannel import KannelGateway
from portal.messaging.smtp import SmtpServer
from portal.settings import settings


def connect() -> None:
    """Put real gateways behind the ports where they are configured; what stood there otherwise stays."""
    if sms := KannelGateway.from_settings(settings()):
        gateways.use_sms(sms)
    if mail := SmtpServer.from_settings(settings()):
        gateways.use_mail(mail)
