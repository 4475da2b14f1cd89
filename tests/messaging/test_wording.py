"""What the messages say: what happened, what it means and what to do, in Slovenian that counts rightly."""

from __future__ import annotations

import re

import pytest
from jinja2 import UndefinedError

from portal.messaging.segments import segments
from portal.messaging.tables import Channel
from portal.messaging.templates import template
from portal.messaging.wording import sms_text, title
from portal.messaging.writing import write
from portal.web.wording import LANGUAGES

SUSPENDED = template("suspended").example
WARNED = template("pre_suspension").example


def email(name: str, case: str = "", **values: object) -> str:
    message = template(name)
    filled = (message.cases[case] if case else message.example) | values
    writing = write(name, Channel.EMAIL, "sl", filled)
    return f"{writing.subject}\n{writing.text}".replace("\u202f", " ").replace("\xa0", " ")


def test_the_suspension_names_the_fee_the_last_day_and_where_proof_goes() -> None:
    text = sms_text("suspended", "sl", SUSPENDED)

    assert "ne bo dodatnega stroška 20,98 EUR" in text
    assert "do vključno 28. 11. 2026" in text
    assert "Plačali drugje? Potrdilo: izterjave@a1.si." in text
    assert f"Plačilo: {SUSPENDED['pay_link']} " in text
    assert text.endswith("Moj A1")


def test_without_a_day_to_avoid_anything_it_says_what_the_next_bill_will_hold() -> None:
    text = sms_text("suspended", "sl", SUSPENDED | {"added": None, "last_day": None})

    assert "Ob ponovnem priklopu vam bomo na naslednjem računu zaračunali 7,99 EUR." in text
    assert "do vključno" not in text


@pytest.mark.parametrize(
    ("barred", "said"), [("outgoing", "izklopili odhodne storitve."), ("all", "smo izklopili storitve.")]
)
def test_the_suspension_says_what_was_switched_off(barred: str, said: str) -> None:
    text = sms_text("suspended", "sl", SUSPENDED | {"barred": barred})

    assert said in text
    assert segments(text) <= template("suspended").most_segments


def test_the_e_mail_says_what_still_works_and_lists_the_bills() -> None:
    text = email("suspended")

    assert "112, v našem omrežju pa tudi 040 40 40 40 in 040 40 40 85." in text
    assert "V Sloveniji klice in sporočila še vedno prejemate." in text
    assert "Račun: 2026-002022\nRok plačila: 11. 11. 2026\nSklic: SI12 1000000020226\nZnesek: 61,46 €" in text
    assert "Skupaj: 86,45 €" in text


def test_who_has_fixed_services_only_is_told_of_no_calls() -> None:
    text = email("suspended", "fixed_services")

    assert "112" not in text
    assert "izognete" not in text


@pytest.mark.parametrize(
    ("language", "said"),
    [("sl", ("na naslednjem računu", "na naslednji račun")), ("en", ("your next bill",))],
)
def test_all_that_a_suspension_costs_is_not_called_the_price_of_reconnection(
    language: str, said: tuple[str, ...]
) -> None:
    """28,97 € are 20,98 € for the suspension and 7,99 € for the reconnection."""
    off = template("suspended").cases["fixed_services"]
    back = {"cost": off["cost"]}

    for text in (
        sms_text("suspended", language, off),
        write("suspended", Channel.EMAIL, language, off).text,
        write("reconnected", Channel.EMAIL, language, back).text,
    ):
        [told] = [sentence for sentence in re.split(r"(?<=[.])\s", text) if re.search("28[.,]97", sentence)]
        assert not re.search(r"priklop stane\b|(?<!and )reconnect\w+ costs?", told, re.IGNORECASE)
        assert any(words in text for words in said)


@pytest.mark.parametrize(("language", "price"), [("sl", "28,97 €"), ("en", "€28.97")])
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_a_reminder_that_warns_of_the_bar_names_its_price_and_no_mobile_line(
    channel: Channel, language: str, price: str
) -> None:
    reminder = template("reminder")

    text = write("reminder", channel, language, reminder.cases["fixed_services"]).text.replace("\u202f", " ")

    assert re.search("izklopimo vse storitve vašega priključka|all services of your connection go off", text)
    assert price in text.replace("\xa0", " ")
    assert "mobil" not in text
    assert "mobil" in write("reminder", channel, language, reminder.example).text


def test_the_warning_names_what_a_suspension_costs() -> None:
    assert "Izklop stane 7,99 EUR." in sms_text("pre_suspension", "sl", WARNED)
    assert "Being cut off costs 7.99 EUR." in sms_text("pre_suspension", "en", WARNED)


@pytest.mark.parametrize("name", ["suspended", "termination_notice"])
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.LETTER])
def test_who_paid_elsewhere_reads_of_the_page_and_of_the_address(name: str, channel: Channel) -> None:
    text = write(name, channel, "sl", template(name).example).text

    assert "moj.test/overdue/proof" in text
    assert "izterjave@a1.si" in text


def test_a_deferral_by_e_mail_lists_every_bill_and_the_fee() -> None:
    text = email("deferral_granted", "too_many_for_an_sms")

    assert "odlog je odobren do 8. 12. 2026" in text
    assert text.count("Sklic: SI12") == 2
    assert "Odlog stane 2,99 €" in text
    assert "Odlog stane" not in email("deferral_granted", "agreed")


def test_who_can_call_nobody_is_not_told_whom_to_call() -> None:
    assert "112" in email("termination_notice")
    assert "112" not in email("termination_notice", help_numbers=[])


def test_whoever_mistypes_is_told_what_can_be_asked_by_sms() -> None:
    for language in LANGUAGES:
        text = sms_text("keyword_help", language, {})

        assert "RACUN" in text
        assert "ODLOG10" in text


def test_the_third_step_names_both_days() -> None:
    text = email("termination_notice")

    assert "poravnate do vključno 27. decembra" in text
    assert "63,96 €" in text
    assert "pogodba prekinjena 28. decembra" in text


def test_without_an_account_to_pay_to_only_the_portal_is_named() -> None:
    assert "IBAN" not in email("reminder", iban="")
    for written in ("SI56191000000123438", "SI56 1910 0000 0123 438"):
        assert "IBAN SI56 1910 0000 0123 438 " in email("reminder", iban=written, payee="Operater")


@pytest.mark.parametrize(("days", "said"), [(1, "1 dan"), (2, "2 dneva"), (3, "3 dni"), (5, "5 dni")])
def test_days_left_are_counted_in_slovenian(days: int, said: str) -> None:
    assert f" Še {said}:" in sms_text("pre_suspension", "sl", WARNED | {"days": days})
    assert f"Še {said} do izklopa storitev" in email("pre_suspension", days=days)


@pytest.mark.parametrize(
    ("count", "said"),
    [(1, "zapadel je 1 račun"), (2, "zapadla sta 2 računa"), (3, "zapadli so 3 računi"), (5, "zapadlo je 5 računov")],
)
def test_bills_are_counted_in_slovenian(count: int, said: str) -> None:
    [bill, *_] = template("reminder").example["bills"]

    assert f"Spoštovani, {said}," in sms_text(
        "reminder", "sl", template("reminder").example | {"bills": [bill] * count}
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [(1, "1 druga postavka"), (2, "2 drugi postavki"), (3, "3 druge postavke"), (5, "5 drugih postavk")],
)
def test_further_items_are_counted_in_slovenian(more: int, said: str) -> None:
    for name in ("open_items", "deferral_granted"):
        assert f"; in {said};" in sms_text(name, "sl", template(name).example | {"more": more})


@pytest.mark.parametrize(("hours", "said"), [(1, "še 1 uro"), (2, "še 2 uri"), (4, "še 4 ure"), (20, "še 20 ur")])
def test_hours_to_sign_are_counted_in_slovenian(hours: int, said: str) -> None:
    assert said in sms_text("documents_reminder", "sl", template("documents_reminder").example | {"hours_left": hours})
    assert f"Za podpis imate {said}" in email("documents_reminder", hours_left=hours)


@pytest.mark.parametrize(
    ("count", "said"),
    [
        (1, "še čaka 1 dokument:"),
        (2, "še čakata 2 dokumenta:"),
        (3, "še čakajo 3 dokumenti:"),
        (5, "še čaka 5 dokumentov:"),
    ],
)
def test_documents_are_counted_in_slovenian(count: int, said: str) -> None:
    assert said in email("documents_reminder", documents=["Aneks"] * count)


def test_who_signs_for_the_first_time_is_told_the_longer_way() -> None:
    assert "vpišite kodo" in email("documents_to_sign")
    assert "Naslednjič se vam ne bo treba znova registrirati." in email("documents_to_sign", "first_time")
    assert "videoidentifikacijo" not in email("documents_to_sign", "first_time")
    assert "Opravite videoidentifikacijo" in email("documents_to_sign", "new_mobile_customer")


def test_what_becomes_of_an_order_that_was_not_signed() -> None:
    assert "prinesel kurir" in email("documents_expired")
    assert "prodajnem mestu" in email("documents_expired", "in_the_shop")


@pytest.mark.parametrize("case", ["", *template("signing_code").cases])
def test_a_signing_code_is_never_mistaken_for_a_sign_in_code(case: str) -> None:
    code = template("signing_code")
    signing = sms_text("signing_code", "sl", code.cases[case] if case else code.example)

    assert "PODPIS" in signing
    assert "Ni koda za prijavo." in signing
    assert signing.endswith("\n@moj.test #123456")
    assert "PODPIS" not in sms_text("sign_in_code", "sl", {"code": "123456"})


def test_a_signing_code_names_what_is_signed_and_the_amount() -> None:
    assert "PODPIS podaljsanja vezave za 839,76 EUR." in sms_text(
        "signing_code", "sl", template("signing_code").example
    )


def test_the_advice_after_reconnection() -> None:
    assert "ugasnite in znova prižgite" in sms_text("reconnected", "sl", {})


def test_a_refused_deferral_says_why_and_whom_to_call() -> None:
    for values in (template("deferral_refused").example, *template("deferral_refused").cases.values()):
        assert "Pokličite: 040 40 40 85" in sms_text("deferral_refused", "sl", values)


def test_a_title_says_what_a_message_is_in_a_list() -> None:
    assert title("pre_suspension", "sl") == "Obvestilo pred izklopom"


def test_a_missing_value_is_an_error() -> None:
    with pytest.raises(UndefinedError):
        sms_text("pre_suspension", "sl", {})
