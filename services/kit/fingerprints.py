"""Keyed fingerprints of numbers, e-mails and addresses: compared without being read."""

import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass

import phonenumbers
from anyascii import anyascii

_POSTCODE = re.compile(r"\b([A-Z]{1,2}\d[A-Z\d]?)\s*(\d[A-Z]{2})\b")
_PLAIN_BRITISH = re.compile(r"0 ?[1-9](?: ?[0-9]){9}")
"""How nearly every number is written; the library takes ten times as long to say the same."""
DIGEST_BYTES = 16


@dataclass(frozen=True)
class FingerprintKey:
    """The key all fingerprints of one generation are made with."""

    kid: str
    secret: bytes

    def of(self, kind: str, value: str) -> str:
        """`<kid>:<hex digest>` of the normalised value; kind is `phone`, `email` or `address`."""
        normal = f"{kind}/{normalised(kind, value)}".encode()
        digest = hmac.digest(self.secret, normal, "sha256")[:DIGEST_BYTES]
        return f"{self.kid}:{digest.hex()}"


def kid_of(fingerprint: str) -> str:
    """The key id a fingerprint was made with."""
    return fingerprint.partition(":")[0]


def normalised(kind: str, value: str) -> str:
    """The value as compared: written differently, the same point is the same text."""
    if kind == "phone":
        return normal_phone(value)
    if kind == "email":
        return value.strip().casefold()
    return normal_address(value)


def normal_phone(number: str) -> str:
    """E.164 where it can be a British or international number, else its digits."""
    if _PLAIN_BRITISH.fullmatch(number):
        return f"+44{number.replace(' ', '')[1:]}"
    try:
        parsed = phonenumbers.parse(number, "GB")
    except phonenumbers.NumberParseException:
        return re.sub(r"\D", "", number)
    if not phonenumbers.is_possible_number(parsed):
        return re.sub(r"\D", "", number)
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


def address_value(lines: Sequence[str], postcode: str | None) -> str:
    """An address as one value: its lines and then its postcode, a line each."""
    return "\n".join([*lines, *([postcode] if postcode else [])])


def normal_address(value: str) -> str:
    """Postcode and house numbers; coarse on purpose, since a missed match could hurt somebody."""
    text = anyascii(value).upper()
    found = _POSTCODE.search(text)
    postcode = "".join(found.groups()) if found else ""
    rest = _POSTCODE.sub(" ", text)
    numbers = sorted(set(re.findall(r"\d+[A-Z]?\b", rest)))
    if postcode and numbers:
        return f"{postcode}|{','.join(numbers)}"
    first = rest.strip().splitlines()[0] if postcode and rest.strip() else rest
    return f"{postcode}|{re.sub(r'[^A-Z0-9]', '', first)}"
