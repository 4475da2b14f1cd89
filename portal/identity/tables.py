"""Who may come in: logins, the codes that let them in, the browsers they use and their sessions."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Any

import pyotp
from piccolo.columns import Boolean, Bytea, ForeignKey, Integer, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check, Unique
from piccolo.table import Table

from portal.customers.tables import Account, Customer
from portal.identity.durations import RESEND_AFTER
from portal.rows import Identified, one_of


class Login(Identified, Table, tablename="logins"):
    """A person's account on the portal (uporabnik): a contact number, and the customers it may see."""

    contact_number = Varchar(16, unique=True, default=None)
    email = Varchar(254, unique=True, null=True, default=None, help_text="in lower case")
    name = Varchar(120, default=None)
    language = Varchar(2, default="sl")
    created_at = Timestamptz(default=None)
    contact_changed_at = Timestamptz(null=True, default=None, help_text="of the number or the address, by themselves")

    logins_email_is_in_lower_case = Check("email = lower(email)")


class Access(Identified, Table, tablename="accesses"):
    """A login may see and act for a customer."""

    login = ForeignKey(Login, null=False, default=None, on_delete=OnDelete.restrict)
    customer = ForeignKey(Customer, null=False, default=None, index=True, on_delete=OnDelete.restrict)

    accesses_are_given_once = Unique([login, customer])


class RegisteredBy(StrEnum):
    """By what the customer's record says, or by the key of the welcome letter."""

    RECORD = "record"
    LETTER = "letter"


class Enrolment(Identified, Table, tablename="enrolments"):
    """What entitles a login to certificates for signing (A1 certifikat), made when it first signs in."""

    login = ForeignKey(Login, null=False, unique=True, default=None, on_delete=OnDelete.restrict)
    number = Varchar(20, unique=True, default=None, help_text="names the person in certificates: `A1-7K2M-94QX`")
    made_at = Timestamptz(default=None)


class Password(Identified, Table, tablename="passwords"):
    """What a login chose to be asked for besides the code; at first one that we sent (initial), which works a day."""

    login = ForeignKey(Login, null=False, unique=True, default=None, on_delete=OnDelete.restrict)
    hash = Varchar(200, default=None, help_text="argon2id with its parameters (PHC string)")
    is_initial = Boolean(default=False)
    set_at = Timestamptz(default=None)
    expires_at = Timestamptz(null=True, default=None, help_text="only of an initial one")


class WelcomeKey(Identified, Table, tablename="welcome_keys"):
    """The one-time key of a welcome letter. Only its hash is kept."""

    customer = ForeignKey(Customer, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    key_hash = Bytea(unique=True, default=None)
    made_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)


class Registration(Identified, Table, tablename="registrations"):
    """A browser that registers for a customer, having shown what only the customer knows."""

    browser_hash = Bytea(default=None, index=True)
    customer = ForeignKey(Customer, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    by = Varchar(10, default=None)
    number = Varchar(16, null=True, default=None, help_text="E.164; where the password goes")
    welcome_key = ForeignKey(WelcomeKey, null=True, default=None, on_delete=OnDelete.restrict)
    terms = Varchar(20, null=True, default=None, help_text="the version that was accepted")
    login = ForeignKey(Login, null=True, default=None, index=True, on_delete=OnDelete.restrict, help_text="once done")
    created_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    accepted_at = Timestamptz(null=True, default=None)
    sendings = Integer(default=0, help_text="how many passwords were asked for; the latest counts")
    sent_at = Timestamptz(null=True, default=None, help_text="when the latest was asked for")
    password_hash = Varchar(200, null=True, default=None, help_text="of the password that was sent")

    registrations_proof_is_known = Check(one_of("by", RegisteredBy))


class Device(Identified, Table, tablename="devices"):
    """A browser that signed in before: strangers' wrong codes do not lock it out."""

    login = ForeignKey(Login, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    token_hash = Bytea(unique=True, default=None)
    label = Varchar(80, default=None, help_text="`Chrome, Android`; empty when it did not say")
    created_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)


class SentCode:
    """Mix into a table: a code sent to a person. It is never stored: the columns `secret` and `counter` make it."""

    secret: Any
    counter: Any
    sent_at: Any
    expires_at: Any

    @property
    def digits(self) -> str:
        """The six digits that are valid now (HOTP, RFC 4226); those of an earlier `counter` are not."""
        return pyotp.HOTP(self.secret).at(self.counter)

    @property
    def resend_at(self) -> datetime:
        sent_at: datetime = self.sent_at
        return sent_at + RESEND_AFTER

    def has_expired(self, at: datetime) -> bool:
        return bool(at >= self.expires_at)


class SignInCode(Identified, SentCode, Table, tablename="sign_in_codes"):
    """One asking for a code by one browser."""

    browser_hash = Bytea(default=None, index=True)
    login = ForeignKey(Login, null=True, default=None, index=True, on_delete=OnDelete.restrict)
    asked_for = Varchar(254, default=None, help_text="what was typed, as `identifiers` reads it")
    secret = Varchar(64, default=None)
    counter = Integer(default=0)
    remember = Boolean(default=False)
    created_at = Timestamptz(default=None)
    sent_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    used_at = Timestamptz(null=True, default=None)
    has_shown_password = Boolean(default=False, help_text="whether the login's password was typed with the name")
    password_wanted_at = Timestamptz(null=True, default=None, help_text="the code was right; the password is missing")

    sign_in_codes_counter_is_not_negative = Check(counter >= 0)


class ContactKind(StrEnum):
    NUMBER = "number"
    EMAIL = "email"


class ContactChange(Identified, SentCode, Table, tablename="contact_changes"):
    """A new contact number or e-mail address of a login, which counts once the code that went there was entered.

    A login has one open change of a kind: asking again for another value replaces it, and its code with it.
    """

    login = ForeignKey(Login, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(10, default=None)
    value = Varchar(254, default=None, help_text="E.164, or an address in lower case")
    secret = Varchar(64, default=None)
    counter = Integer(default=0)
    created_at = Timestamptz(default=None)
    sent_at = Timestamptz(default=None)
    expires_at = Timestamptz(default=None)
    confirmed_at = Timestamptz(null=True, default=None)

    contact_changes_kind_is_known = Check(one_of("kind", ContactKind))


class Session(Identified, Table, tablename="sessions"):
    """A signed-in browser. The cookie holds the token, the table only its hash."""

    token_hash = Bytea(unique=True, default=None)
    login = ForeignKey(Login, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    device = ForeignKey(Device, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    account = ForeignKey(Account, null=True, default=None, on_delete=OnDelete.restrict, help_text="the one looked at")
    is_remembered = Boolean(default=False)
    address = Varchar(45, default=None)
    created_at = Timestamptz(default=None)
    seen_at = Timestamptz(default=None)
    idle_ends_at = Timestamptz(default=None)
    ends_at = Timestamptz(default=None)
    stepped_up_at = Timestamptz(null=True, default=None)
    ended_at = Timestamptz(null=True, default=None)
