"""Whom the operator serves, what was agreed and what is connected."""

from __future__ import annotations

from enum import StrEnum

from piccolo.columns import BigInt, Date, ForeignKey, Timestamptz, Varchar
from piccolo.columns.base import OnDelete
from piccolo.constraints import Check
from piccolo.table import Table

from portal.money import Money
from portal.rows import Identified, one_of


class CustomerKind(StrEnum):
    PERSON = "person"
    COMPANY = "company"


class PackageKind(StrEnum):
    MOBILE = "mobile"
    FLEX = "flex"
    KOMBO = "kombo"
    LEGACY_FIXED = "legacy_fixed"

    @property
    def is_fixed(self) -> bool:
        return self in (PackageKind.KOMBO, PackageKind.LEGACY_FIXED)


class LineKind(StrEnum):
    MOBILE = "mobile"
    FIXED = "fixed"


class Customer(Identified, Table, tablename="customers"):
    """The legal party (naročnik): a natural person or a company."""

    number = Varchar(20, unique=True, default=None)
    kind = Varchar(10, default=None)
    name = Varchar(120, default=None)
    tax_number = Varchar(8, null=True, default=None)
    contact_number = Varchar(16, null=True, default=None)
    contact_number_since = Timestamptz(null=True, default=None, help_text="NULL: the first, or longer than we know")
    email = Varchar(254, null=True, default=None)
    street = Varchar(120, default=None)
    postcode = Varchar(10, default=None)
    city = Varchar(60, default=None)
    language = Varchar(2, default="sl")
    since = Date(default=None)

    customers_kind_is_known = Check(one_of("kind", CustomerKind))


class Account(Identified, Table, tablename="accounts"):
    """One billing account of a customer: its bills, payments and lines."""

    customer = ForeignKey(Customer, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    number = Varchar(20, unique=True, default=None)
    reference = Varchar(22, null=True, unique=True, default=None, help_text="pays whatever is open, the oldest first")


class Package(Identified, Table, tablename="packages"):
    """What is sold: a named bundle of one kind at a monthly price."""

    code = Varchar(40, unique=True, default=None)
    kind = Varchar(20, default=None)
    name = Varchar(80, default=None)
    monthly_cents = BigInt(default=None)

    packages_kind_is_known = Check(one_of("kind", PackageKind))
    packages_price_is_not_negative = Check(monthly_cents >= 0)

    @property
    def monthly(self) -> Money:
        return Money(self.monthly_cents)


class Contract(Identified, Table, tablename="contracts"):
    """One subscription (naročniško razmerje), with its commitment and the benefit received for it."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    package = ForeignKey(Package, null=False, default=None, on_delete=OnDelete.restrict)
    number = Varchar(20, unique=True, default=None)
    concluded_on = Date(default=None)
    committed_since = Date(null=True, default=None, help_text="NULL: since it was concluded")
    committed_until = Date(null=True, default=None)
    benefit_cents = BigInt(default=0)
    ended_on = Date(null=True, default=None)

    contracts_benefit_is_not_negative = Check(benefit_cents >= 0)


class Line(Identified, Table, tablename="lines"):
    """What is connected and can be barred: a mobile number (E.164) or a fixed connection's code."""

    account = ForeignKey(Account, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    contract = ForeignKey(Contract, null=False, default=None, index=True, on_delete=OnDelete.restrict)
    kind = Varchar(10, default=None)
    number = Varchar(20, unique=True, default=None)
    sim_changed_at = Timestamptz(null=True, default=None, help_text="when its SIM card was last exchanged")

    lines_kind_is_known = Check(one_of("kind", LineKind))
