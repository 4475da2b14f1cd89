"""Payment references (sklici): the Slovenian models SI00, SI11 and SI12, and the creditor reference RF.

Sources: Pravila za oblikovanje in uporabo standardiziranih referenc pri opravljanju plačilnih storitev (Uradni list RS
34/2019, priloga 1; the Zbirka navodil za uporabo sklicev of Združenje bank Slovenije before it): at most 20 digits
and two hyphens, model 00 P1-P2-P3, model 11 (P1)K-(P2)K-P3, model 12 (P1)K of thirteen digits. RF: ISO 11649.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

FIRST_OF_ACCOUNTS = 800_000_000_000
MOST_DIGITS = 20
SI12_DIGITS = 13
_DASHES = str.maketrans(dict.fromkeys("‐‑‒–—―−", "-"))
_SI = re.compile(r"\A(?:SI-?(00|11|12)[-:./]*)?([0-9]+(?:-[0-9]+)*)\Z")
# In free text, from the surest on. What one has taken is gone for the next.
_IBAN = re.compile(r"SI56(?: ?[0-9]){15}|\b(?!SI|RF)[A-Z]{2}[0-9]{2}(?: ?[0-9]{4}){3,7}")
_WITH_MODEL = re.compile(r"(SI[ -]?(?:00|11|12))((?:[ :./-]{0,3}[0-9]+){1,8})")
_WITH_RF = re.compile(r"(RF)( ?[0-9]{2}(?:[ -]?[0-9A-Z]+){1,8})")
_AFTER_WORD = re.compile(r"((?:SKLIC|REF)[^0-9#]{0,24})((?:[ -]{0,2}[0-9]+){1,8})")
_ALONE = re.compile(r"(?<![0-9A-Z])[0-9]+(?:[ -]{1,2}[0-9]+){0,7}(?![0-9A-Z])")
_PART = re.compile(r"[ :./-]*[0-9A-Z]+(?:-[0-9A-Z]+)*")
_GROUP = re.compile(r"[ -]*[0-9]+")
SHORTEST_ALONE = 10


@dataclass(frozen=True, slots=True)
class Reference:
    """`model`: SI00, SI11, SI12 or RF. `content`: what follows it, without spaces: thirteen digits of SI12, parts with
    hyphens between them of SI00 and SI11, the check digits and what they check of RF.
    """

    model: str
    content: str

    def __str__(self) -> str:
        """As it goes between banks: `SI121033842574531`, `SI0019-1235-84503`, `RF45SBO2010`."""
        return self.model + self.content

    @property
    def digits(self) -> str:
        return "".join(filter(str.isdigit, self.content))

    @property
    def si12(self) -> str | None:
        """The SI12 that its digits are: many a payer writes SI00 before them."""
        return None if self.model == "RF" else read_si12(self.digits)

    @property
    def shown(self) -> str:
        return show(str(self))


def read(text: str) -> Reference | None:
    """What a person or a bank wrote: spaces, dashes, small letters, zeros lost in front. Without its model only SI12,
    whose check digit proves it. What is none of the four models, or has a wrong check digit: None.
    """
    written = without_spaces(text)
    if written.startswith("RF"):
        return read_rf(written)
    found = _SI.match(written)
    if found is None:
        return None
    model, content = found.groups()
    if model in ("00", "11"):
        return read_parts(model, content)
    return read_digits(content.replace("-", ""), is_model_known=model is not None)


def without_spaces(text: str) -> str:
    return folded(text).replace(" ", "")


def folded(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).translate(_DASHES).upper().split())


def read_rf(written: str) -> Reference | None:
    from stdnum import iso11649  # here: it takes 40 ms, which a process that meets no RF can do without

    return Reference("RF", iso11649.compact(written)[2:]) if written.isascii() and iso11649.is_valid(written) else None


def read_parts(model: str, content: str) -> Reference | None:
    """Three parts at most. Of SI11 the first two are there and end in a check digit each."""
    parts = content.split("-")
    if len(parts) > 3 or sum(map(len, parts)) > MOST_DIGITS:
        return None
    if model == "11" and (len(parts) < 2 or not all(map(is_checked, parts[:2]))):
        return None
    return Reference(f"SI{model}", content)


def read_digits(digits: str, *, is_model_known: bool) -> Reference | None:
    """SI12. On paper `SI` is printed beforehand, so that `12` alone may stand before its thirteen digits."""
    if not is_model_known and len(digits) == 2 + SI12_DIGITS:
        digits = digits.removeprefix("12")
    if len(digits) > MOST_DIGITS:
        return None
    digits = digits.lstrip("0").zfill(SI12_DIGITS)
    return Reference("SI12", digits) if len(digits) == SI12_DIGITS and is_checked(digits) else None


def is_checked(part: str) -> bool:
    return len(part) > 1 and check_digit(part[:-1]) == int(part[-1])


def find(text: str) -> list[Reference]:
    """What may be a reference in free text, such as a bank's, each once: first what stands after its model, then what
    stands after «sklic» or «ref», then any ten to thirteen digits that their check digit proves. Where it cannot be
    told which numbers belong together there are several: whoever asks knows which of them exist.
    """
    found: dict[Reference, None] = {}

    def take(begun: re.Match[str]) -> str:
        read_here = after(begun[1], begun[2]) if begun.re.groups else alone(begun[0])
        found.update(dict.fromkeys(reference for reference, _ in read_here))
        return "#" + begun[begun.re.groups and 2][max((end for _, end in read_here), default=0) :]

    left = _IBAN.sub("#", folded(text))
    for pattern in (_WITH_MODEL, _WITH_RF, _AFTER_WORD, _ALONE):
        left = pattern.sub(take, left)
    return list(found)


Read = tuple[Reference, int]
"""And where it ended in the text."""


def after(model: str, numbers: str) -> list[Read]:
    """Each group may still belong to it, or no more. Thirteen written digits of SI12 leave no doubt."""
    model = model if model.startswith(("SI", "RF")) else ""
    ends = [part.end() for part in _PART.finditer(numbers) if part[0].strip("0 ")]
    read_here = [(reference, end) for end in reversed(ends) if (reference := read(model + numbers[:end]))]
    whole = [(reference, end) for reference, end in read_here if written_whole(reference, numbers[:end])]
    return whole or read_here


def written_whole(reference: Reference, numbers: str) -> bool:
    return reference.model == "SI12" and sum(map(str.isdigit, numbers)) == SI12_DIGITS


def alone(numbers: str) -> list[Read]:
    """Groups that make thirteen digits together, or one that lost up to three zeros."""
    groups, read_here, last = list(_GROUP.finditer(numbers)), list[Read](), 0
    for n, first in enumerate(groups):
        for end in ends_of_number(groups[n:]):
            reference = read(numbers[first.start() : end].strip(" -"))
            if first.start() >= last and reference is not None:
                read_here.append((reference, end))
                last = end
    return read_here


def ends_of_number(groups: list[re.Match[str]]) -> Iterator[int]:
    digits = 0
    for n, group in enumerate(groups):
        digits += sum(map(str.isdigit, group[0]))
        if digits in (SI12_DIGITS, SI12_DIGITS + 2) or (n == 0 and SHORTEST_ALONE <= digits < SI12_DIGITS):
            yield group.end()


def check_digit(digits: str) -> int:
    """Modulo 11 with the weights 2, 3, 4 … from the right; 10 and 11 give 0."""
    total = sum(int(digit) * weight for weight, digit in enumerate(reversed(digits), start=2))
    remainder = 11 - total % 11
    return 0 if remainder > 9 else remainder


def read_si12(text: str) -> str | None:
    """As `read`, but only `SI12…` with its lost leading zeros; anything else: None."""
    found = read(text)
    return str(found) if found is not None and found.model == "SI12" else None


def si12(number: int) -> str:
    """The reference of a number of at most twelve digits: `SI12` and thirteen digits."""
    if not 0 <= number < 10**12:
        raise ValueError("SI12 carries twelve digits")
    digits = f"{number:012d}"
    return f"SI12{digits}{check_digit(digits)}"


def si12_of_account(number: str) -> str | None:
    """The reference that pays whatever an account owes. None: its number is no number of at most eleven digits.

    References from 800 000 000 000 up to 899 999 999 999 are for accounts: no bill may bear one.
    """
    if not (number.isascii() and number.isdigit() and len(number) <= 11):
        return None
    return si12(FIRST_OF_ACCOUNTS + int(number))


def show(reference: str) -> str:
    """As on a payment form: `SI12 1033842574531`, `SI00 19-1235-84503`, `RF45 SBO2 010`."""
    if reference.startswith("RF"):
        return " ".join(reference[at : at + 4] for at in range(0, len(reference), 4))
    return f"{reference[:4]} {reference[4:]}"
