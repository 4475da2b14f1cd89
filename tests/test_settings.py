"""Settings that are unsafe or incomplete do not start a process, and say what is wrong."""

from __future__ import annotations

import re
from typing import Any

import pytest
from pydantic import ValidationError

from portal.cli.running import sentences
from portal.settings import ROOT, Settings

RIGHT: dict[str, Any] = {
    "portal_url": "https://moj.example.si",
    "portal_secret_key": "0123456789abcdefghijklmnopqrstuvwxyz",
    "portal_sandbox": False,
    "stripe_test_allowed": False,
    "stripe_api_key": "sk_live_1",
    "stripe_webhook_secret": "whsec_1",
}
ON_THIS_MACHINE: dict[str, Any] = {
    "portal_url": "http://127.0.0.1:8000",
    "portal_sandbox": True,
    "stripe_api_key": "sk_test_1",
}


def faults(**changed: Any) -> list[str]:
    with pytest.raises(ValidationError) as refused:
        Settings(**RIGHT | changed)
    return sentences(refused.value)


def test_an_operator_s_settings_start() -> None:
    assert Settings(**RIGHT).link("/bills") == "https://moj.example.si/bills"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost:8000", "http://[::1]:8000"])
def test_the_sandbox_starts_on_loopback(url: str) -> None:
    assert Settings(**RIGHT | ON_THIS_MACHINE | {"portal_url": url}).is_loopback


@pytest.mark.parametrize(
    "url", ["http://127.0.0.1:13013", "http://localhost:13013/cgi-bin/sendsms", "http://[::1]:13013"]
)
def test_the_sandbox_may_send_by_a_gateway_on_this_machine(url: str) -> None:
    assert Settings(**RIGHT | ON_THIS_MACHINE | SENT_BY | {"sms_gateway_url": url})


@pytest.mark.parametrize("url", ["smtp://127.0.0.1:2525", "smtp://localhost", "smtps://moj:secret@[::1]"])
def test_the_sandbox_may_hand_mail_to_a_server_on_this_machine(url: str) -> None:
    assert Settings(**RIGHT | ON_THIS_MACHINE | {"smtp_url": url, "mail_from": "moj@a.si"})


ELSEWHERE = "PORTAL_SANDBOX=1 is for loopback only, PORTAL_URL is elsewhere"
FIT_TOKEN = "0123456789abcdef"
SENT_BY = {
    "sms_gateway_url": "http://sms.example.si:13013",
    "sms_gateway_user": "portal",
    "sms_gateway_password": "kannel",
    "sms_callback_token": FIT_TOKEN,
}
GATEWAY = "SMS_GATEWAY_URL is http://host:13013, without a user, a password or a query in it"
CALLBACK = "SMS_CALLBACK_TOKEN needs at least 16 letters and digits, it stands in addresses"
INTERNET = "SMS_GATEWAY_URL would send codes and its password across the internet in the clear: use https://"
MAILED = "PORTAL_SANDBOX=1 sends nothing away: SMTP_URL has to be on loopback"
AWAY = "PORTAL_SANDBOX=1 sends nothing away: SMS_GATEWAY_URL has to be on loopback"
NETWORKS = "PORTAL_PROXIES is a list of networks, such as 127.0.0.1/32, 10.0.0.0/8"

SMTP = (
    "SMTP_URL is smtp://user:password@host:587, with ?starttls=required or off if need be, or smtps://…:465,"
    " and special characters of the password as in %40"
)
CLEAR = "SMTP_URL would send its password in the clear: leave starttls=off away"
NAMELESS = "SMS_SENDER is missing: PORTAL_OPERATOR begins with letters that a sender cannot have"
TOGETHER = "SIGNING_KEYS_DIR and SIGNING_KEYS_PASSPHRASE are set together or not at all"
HALVES = (("/keys", None), (None, "a passphrase that is long enough"))
NOWHERE = "PAYEE_IBAN is no IBAN: customers would pay into nowhere"
UNREADABLE_KEY = "DKIM_KEY_FILE has to be a readable RSA key in PEM of at least 1024 bits"


@pytest.mark.parametrize(
    ("changed", "sentence"),
    [
        ({"portal_url": "http://moj.example.si"}, "PORTAL_URL has to begin with https://"),
        (
            {"stripe_api_key": "sk_test_1"},
            "STRIPE_API_KEY is a test key: its cards would settle real bills. For staging: STRIPE_TEST_ALLOWED=1",
        ),
        ({"portal_secret_key": "short"}, "PORTAL_SECRET_KEY needs at least 32 characters"),
        ({"stripe_api_key": None}, "STRIPE_API_KEY is missing"),
        ({"stripe_webhook_secret": None}, "STRIPE_WEBHOOK_SECRET is missing"),
        ({"portal_sandbox": True}, ELSEWHERE),
        (ON_THIS_MACHINE | {"portal_url": "http://127.0.0.1.example.si"}, ELSEWHERE),
        (ON_THIS_MACHINE | {"stripe_api_key": "rk_live_1"}, "PORTAL_SANDBOX=1 refuses a live Stripe key"),
        ({"portal_proxies": "10.0.0.0/8, everybody"}, NETWORKS),
        *(
            ({"smtp_url": url, "mail_from": "moj@a.si"}, SMTP)
            for url in ("mail.si", "http://mail.si", "smtp://", "smtp://m:x/y@mail.si", "smtp://mail.si?starttls=maybe")
        ),
        ({"smtp_url": "smtps://mail.si?starttls=off", "mail_from": "moj@a.si"}, SMTP),
        ({"smtp_url": "smtp://m:hunter2@mail.si?starttls=off", "mail_from": "moj@a.si"}, CLEAR),
        ({"smtp_url": "smtp://mail.si"}, "MAIL_FROM is missing"),
        *(
            ({"mail_from": sender}, "MAIL_FROM is an address such as Moj A1 <moj@operator.si>")
            for sender in ("Moj A1", "moj@", "a@b.si, c@d.si", "Moj <a@b.si>\r\nBcc: <c@d.si>", "žiga@a.si", "a@b.si>")
        ),
        ({"dkim_selector": "moj2026"}, "DKIM_KEY_FILE and DKIM_SELECTOR go together"),
        ({"dkim_key_file": "/nowhere", "dkim_selector": "moj2026"}, UNREADABLE_KEY),
        ({"dkim_key_file": __file__, "dkim_selector": "moj2026"}, UNREADABLE_KEY),
        ({"dkim_key_file": __file__, "dkim_selector": "a b"}, "DKIM_SELECTOR is a name in the DNS, such as moj2026"),
        (SENT_BY | {"sms_callback_token": None}, CALLBACK),
        (SENT_BY | {"sms_callback_token": "0123456789abcde"}, CALLBACK),
        (SENT_BY | {"sms_callback_token": "0123456789abcdef%d"}, CALLBACK),
        ({"sms_callback_token": "short"}, CALLBACK),
        (SENT_BY | {"sms_gateway_url": "sms.example.si:13013"}, GATEWAY),
        (SENT_BY | {"sms_gateway_url": "http://portal:secret@sms.example.si"}, GATEWAY),
        (SENT_BY | {"sms_gateway_url": "http://sms.example.si/?password=secret"}, GATEWAY),
        (SENT_BY | {"sms_gateway_url": "http://sms.example.si:many"}, GATEWAY),
        (SENT_BY | {"sms_gateway_url": "http://"}, GATEWAY),
        *(
            ({variable.lower(): sender}, f"{variable} is a number, or up to 11 letters, none of them č, š or ž")
            for variable in ("SMS_SENDER", "SMS_SENDER_CODES", "SMS_SENDER_COLLECTIONS")
            for sender in ("Moj Operater", "Žiga", "+386 40 404", "Moj A1\n", "+3864040404040404", "Moj {A1}", " ")
        ),
        (SENT_BY | {"portal_operator": "Železnica"}, NAMELESS),
        ({"payee_iban": "SI56 1910 0000 0123 439"}, NOWHERE),
        ({"payee_iban": "1910 0000 0123 438"}, NOWHERE),
        ({"bank_ibans": "SI56191000000123438, 191000000123438"}, "BANK_IBANS is a list of IBANs, separated by commas"),
        (SENT_BY | {"sms_gateway_user": ""}, "SMS_GATEWAY_USER is missing"),
        (SENT_BY | {"sms_gateway_password": " "}, "SMS_GATEWAY_PASSWORD is missing"),
        *(
            (SENT_BY | {"sms_gateway_url": f"http://{host}"}, INTERNET)
            for host in ("93.184.215.14:13013", "172.32.0.1", "0.0.0.0", "[2001:db8::1]:13013", "[::ffff:8.8.8.8]")
        ),
        *(
            (ON_THIS_MACHINE | {"smtp_url": url, "mail_from": "moj@a.si"}, MAILED)
            for url in ("smtps://mail.si", "smtp://10.0.0.1", "smtp://127.0.0.1.example.si", "smtp://localhost.si:25")
        ),
        *(({"signing_keys_dir": folder, "signing_keys_passphrase": secret}, TOGETHER) for folder, secret in HALVES),
        (
            {"signing_keys_dir": "/keys", "signing_keys_passphrase": "nineteen characters"},
            "SIGNING_KEYS_PASSPHRASE needs at least 20 characters",
        ),
        *(
            ({"signing_tsa_url": url}, "SIGNING_TSA_URL is http://host/… or https://host/…, without a password in it")
            for url in (
                "tsa.example.si",
                "ftp://tsa.si",
                "http://",
                "https://portal:secret@tsa.si",
                "http://tsa.si:many",
            )
        ),
        *(
            (
                ON_THIS_MACHINE | {"signing_tsa_url": url},
                "PORTAL_SANDBOX=1 asks nobody outside: SIGNING_TSA_URL has to be on loopback",
            )
            for url in ("https://tsa.si", "http://10.0.0.1/tsa", "http://127.0.0.1.example.si")
        ),
        *(
            ({"orders_token": token}, "ORDERS_TOKEN is a bearer token of at least 16 letters, digits and ._~+/-")
            for token in ("fifteen_letters", "sixteen letters!", "šestnajst_ali_več")
        ),
        *(
            ({"staff_email": staff}, "STAFF_EMAIL is one e-mail address")
            for staff in ("sales", "a@b.si, c@d.si", "@b.si")
        ),
        (ON_THIS_MACHINE | SENT_BY, AWAY),
        (ON_THIS_MACHINE | SENT_BY | {"sms_gateway_url": "http://127.0.0.1.example.si:13013"}, AWAY),
    ],
)
def test_what_is_unsafe_does_not_start(changed: dict[str, Any], sentence: str) -> None:
    assert sentence in faults(**changed)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.1.2.3:13013",
        "http://172.16.0.1",
        "http://192.168.1.1",
        "http://[fd00::1]:13013",
        "http://kannel.internal:13013",
        "https://93.184.215.14",
    ],
)
def test_sms_are_handed_over_within_a_private_network_or_by_https(url: str) -> None:
    assert Settings(**RIGHT | SENT_BY | {"sms_gateway_url": url}).sms_gateway_url == url


@pytest.mark.parametrize("sender", ["4040", "+38640404040", "Moj A1", "Österreich!", "a" * 11])
def test_sms_are_from_a_number_or_a_short_name(sender: str) -> None:
    assert Settings(**RIGHT | {"sms_sender_codes": sender}).sms_sender_codes == sender


@pytest.mark.parametrize(
    "changed",
    [
        {"portal_operator": "Zelena linija št. 1"},
        {"portal_operator": "Železnica", "sms_sender": "Zeleznica"},
    ],
)
def test_the_operator_s_name_is_the_sender_where_it_can_be(changed: dict[str, str]) -> None:
    assert Settings(**RIGHT | SENT_BY | changed)


def test_without_a_gateway_nobody_asks_for_a_sender() -> None:
    assert Settings(**RIGHT | {"portal_operator": "Železnica"})


@pytest.mark.parametrize("iban", ["SI56 1910 0000 0123 438", "SI56191000000123438"])
def test_the_payee_s_account_is_an_iban(iban: str) -> None:
    assert Settings(**RIGHT | {"payee_iban": iban}).payee_iban == iban


def test_every_variable_is_explained_and_laid_out_for_the_operator() -> None:
    readme = (ROOT / "README.md").read_text()
    named = re.findall(r"^\| (`[A-Z_`, ]+) \|", readme, re.MULTILINE)
    laid_out = re.findall(r"^([A-Z_]+)=", (ROOT / "deploy" / "portal.env").read_text(), re.MULTILINE)

    known = sorted(name.upper() for name in Settings.model_fields)
    assert sorted(re.findall(r"[A-Z_]+", " ".join(named))) == known
    assert sorted(laid_out) == known


def test_an_operator_signs_with_keys_and_a_timestamper() -> None:
    signing = {
        "signing_keys_dir": "/var/lib/portal/signing",
        "signing_keys_passphrase": "a passphrase that is long enough",
        "signing_tsa_url": "http://tsa.example.si/tsa",
        "orders_token": "0123456789abcdef",
        "staff_email": "prodaja@example.si",
    }

    assert Settings(**RIGHT | signing).signing_tsa_url == "http://tsa.example.si/tsa"


def test_several_faults_are_said_at_once() -> None:
    assert len(faults(portal_url="http://moj.example.si", portal_secret_key="short")) == 2


def test_what_is_missing_is_called_by_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PORTAL_URL")

    with pytest.raises(ValidationError) as refused:
        Settings()

    assert sentences(refused.value) == ["PORTAL_URL is missing"]


def test_secrets_do_not_show_when_settings_are_printed() -> None:
    shown = repr(Settings(**RIGHT | {"database_url": "postgresql://portal:hunter2@db/portal"}))

    assert "0123456789" not in shown
    assert "sk_live" not in shown
    assert "hunter2" not in shown
