"""Whom an order concerns: the customer, the account, the contract and the line that it names, or a new customer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from portal import clock, reference
from portal.customers.tables import Account, Contract, Customer, Line, Package, PackageKind
from portal.signing.orders.faults import Fault, Faulty
from portal.signing.orders.feed import Arrived, NewCustomer
from portal.signing.tables import OrderKind


@dataclass(frozen=True, slots=True)
class Place:
    """Where an order belongs. A contract or a line that it names brings its account, where it names none."""

    customer: Customer
    account: Account | None
    contract: Contract | None = None
    line: Line | None = None

    @property
    def account_id(self) -> UUID | None:
        for known in (self.contract, self.line):
            if known is not None:
                return known.account  # type: ignore[no-any-return]
        return self.account.id if self.account is not None else None


async def place(arrived: Arrived, at: datetime) -> Place:
    """In the running transaction; writes a new customer with the first account. Raises Faulty."""
    if arrived.new_customer is not None:
        return await newcomer(arrived.new_customer, arrived.language, at)
    customer = await Customer.objects().get(Customer.number == arrived.customer)
    if customer is None:
        raise Faulty([Fault("customer", "there is no such customer; a new one comes along as new_customer")])
    place = Place(
        customer,
        await Account.objects().get(Account.number == arrived.account) if arrived.account else None,
        await Contract.objects().get(Contract.number == arrived.contract) if arrived.contract else None,
        await Line.objects().get(Line.number == arrived.line) if arrived.line else None,
    )
    if found := await faults(arrived, place):
        raise Faulty(found)
    return place


async def newcomer(new: NewCustomer, language: str, at: datetime) -> Place:
    found = []
    if await Customer.exists().where(Customer.number == new.number):
        found.append(Fault("new_customer.number", "this customer is here already: name it by customer"))
    if await Account.exists().where(Account.number == new.account):
        found.append(Fault("new_customer.account", "this account is somebody's already"))
    if found:
        raise Faulty(found)
    customer = Customer(
        **new.model_dump(exclude={"account"}), language=language, contact_number_since=None, since=clock.day_of(at)
    )
    await customer.save()
    account = Account(customer=customer.id, number=new.account, reference=reference.si12_of_account(new.account))
    await account.save()
    return Place(customer, account)


async def faults(arrived: Arrived, place: Place) -> list[Fault]:
    """A stranger's account, contract or line is none."""
    accounts = await Account.select(Account.id).where(Account.customer == place.customer.id).output(as_list=True)
    named = {
        "account": (arrived.account, place.account and place.account.id),
        "contract": (arrived.contract, place.contract and place.contract.account),
        "line": (arrived.line, place.line and place.line.account),
    }
    strange = [name for name, (number, account) in named.items() if number and account not in accounts]
    if strange:
        return [Fault(name, f"the customer has no such {name}") for name in strange]
    if arrived.kind == OrderKind.EXTENSION and place.contract is not None:
        return faults_together(place) + await faults_of_extension(arrived, place.contract)
    return faults_together(place)


def faults_together(place: Place) -> list[Fault]:
    faults = []
    if place.contract is not None and place.line is not None and place.line.contract != place.contract.id:
        faults.append(Fault("line", "the line is not of this contract"))
    if place.account is not None and place.account_id != place.account.id:
        faults.append(Fault("account", "the contract or the line is of another account"))
    return faults


async def faults_of_extension(arrived: Arrived, contract: Contract) -> list[Fault]:
    faults = []
    package = await Package.objects().get(Package.id == contract.package)
    if package is not None and PackageKind(package.kind).is_fixed:
        faults.append(Fault("contract", "what is extended is the commitment of a mobile contract"))
    if contract.ended_on is not None:
        faults.append(Fault("contract", "the contract has ended"))
    until, now = arrived.committed_until, contract.committed_until
    if until and now and until <= now:
        faults.append(Fault("terms.commitment_months", "the commitment would end no later than it does now"))
    return faults
