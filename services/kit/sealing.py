"""Sealing parts of an event per audience, and opening one's own: JWE `dir` with A256GCM."""

import base64
import json
import os
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

from joserfc import jwe
from joserfc.errors import JoseError
from joserfc.jwk import OctKey
from pydantic import ValidationError

from contracts.envelope import Event
from contracts.sealed import (
    CasePart,
    ContactPart,
    Content,
    IdentityPart,
    SchoolPart,
    SealedParts,
    UnsafePart,
)
from contracts.vocabulary import Audience
from services.kit.fingerprints import FingerprintKey

E = TypeVar("E", bound=Event)

CONTENTS: Mapping[Audience, type[Content]] = {
    Audience.IDENTITY: IdentityPart,
    Audience.MASH: CasePart,
    Audience.IDVA: CasePart,
    Audience.CONTACT: ContactPart,
    Audience.CONTACT_UNSAFE: UnsafePart,
    Audience.SCHOOL: SchoolPart,
}
ALGORITHM = {"alg": "dir", "enc": "A256GCM"}
KEY_BYTES = 32
_PLACE = ("incident", "request", "revision", "child")


class _Registry(jwe.JWERegistry):
    """Our header fields; sizes that fit the longest narrative a door lets in."""

    max_protected_header_length = 8 * 1024
    max_ciphertext_length = 4 * 1024 * 1024


_REGISTRY = _Registry(algorithms=list(ALGORITHM.values()), strict_check_header=False)


class SealBroken(Exception):  # noqa: N818
    """A part cannot be opened: unknown key, tampered, or swapped from elsewhere."""


@dataclass(frozen=True)
class Keyring:
    """The keys a service holds: by audience and key id, and which one it seals with."""

    keys: Mapping[Audience, Mapping[str, OctKey]]
    seal_with: Mapping[Audience, str]
    fingerprint: FingerprintKey

    @classmethod
    def generated(cls, label: str = "1") -> "Keyring":
        """A new key for every audience; key ids are `<audience>-<label>`."""
        keys = {a: {f"{a}-{label}": OctKey.import_key(os.urandom(KEY_BYTES))} for a in Audience}
        sealing = {audience: f"{audience}-{label}" for audience in Audience}
        return cls(keys, sealing, FingerprintKey(f"fingerprint-{label}", os.urandom(KEY_BYTES)))

    def only(self, audiences: Iterable[Audience]) -> "Keyring":
        """The ring with these audiences' keys alone."""
        wanted = set(audiences)
        keys = {audience: ring for audience, ring in self.keys.items() if audience in wanted}
        sealing = {a: kid for a, kid in self.seal_with.items() if a in wanted}
        return Keyring(keys, sealing, self.fingerprint)

    def to_json(self) -> str:
        """The ring as a secret file's text."""
        rings = {
            audience: {
                "seal_with": self.seal_with.get(audience),
                "keys": {kid: _text(key.raw_value) for kid, key in ring.items()},
            }
            for audience, ring in self.keys.items()
        }
        fingerprint = {"kid": self.fingerprint.kid, "key": _text(self.fingerprint.secret)}
        return json.dumps({"audiences": rings, "fingerprint": fingerprint})

    @classmethod
    def from_json(cls, text: str) -> "Keyring":
        """Read a ring as `to_json` wrote it; ValueError where it is not one."""
        try:
            read = json.loads(text)
            rings = {Audience(name): ring for name, ring in read["audiences"].items()}
            keys = {
                audience: {kid: OctKey.import_key(_bytes(k)) for kid, k in ring["keys"].items()}
                for audience, ring in rings.items()
            }
            sealing = {a: ring["seal_with"] for a, ring in rings.items() if ring["seal_with"]}
            made_with = read["fingerprint"]
            fingerprint = FingerprintKey(made_with["kid"], _bytes(made_with["key"]))
        except (AttributeError, KeyError, TypeError, ValueError, JoseError) as fault:
            raise ValueError("the keyring file is not a keyring") from fault
        return cls(keys, sealing, fingerprint)


def seal_parts(event: E, keyring: Keyring) -> E:
    """The event with every part that is still content sealed to its audience."""
    sealed: SealedParts | None = getattr(event, "sealed", None)
    if sealed is None:
        return event
    found = {
        name: _seal(part, Audience(name), _context(event), keyring)
        for name, part in _parts(sealed)
        if isinstance(part, Content)
    }
    schools = {
        ref: _seal(part, Audience.SCHOOL, {**_context(event), "child": ref}, keyring)
        if isinstance(part, Content)
        else part
        for ref, part in sealed.schools.items()
    }
    return _with_parts(event, sealed, {**found, "schools": schools})


def open_parts(event: E, keyring: Keyring, audiences: Iterable[Audience]) -> E:
    """The event with the parts of these audiences opened; SealBroken where one cannot be."""
    sealed: SealedParts | None = getattr(event, "sealed", None)
    wanted = set(audiences)
    if sealed is None or not wanted:
        return event
    found: dict[str, Any] = {
        name: _open(part, Audience(name), _context(event), keyring)
        for name, part in _parts(sealed)
        if isinstance(part, str) and Audience(name) in wanted
    }
    if Audience.SCHOOL in wanted:
        found["schools"] = {
            ref: _open(part, Audience.SCHOOL, {**_context(event), "child": ref}, keyring)
            for ref, part in sealed.schools.items()
            if isinstance(part, str)
        }
    return _with_parts(event, sealed, found)


def open_part(token: str, audience: Audience, context: Mapping[str, Any], ring: Keyring) -> Content:
    """One part by itself, checked against the context it must belong to (ids, revision, child)."""
    return _open(token, audience, context, ring)


def seal_text(text: str, audience: Audience, about: str, keyring: Keyring) -> str:
    """A text that a service keeps sealed in its own database; `about` is what it belongs to."""
    kid = keyring.seal_with.get(audience)
    if kid is None:
        raise SealBroken(f"this service has no key to seal for {audience}")
    header = {**ALGORITHM, "kid": kid, "aud": audience.value, "about": about}
    return jwe.encrypt_compact(header, text, keyring.keys[audience][kid], registry=_REGISTRY)


def open_text(token: str, audience: Audience, about: str, keyring: Keyring) -> str:
    """The text again; SealBroken where it belongs to something else."""
    header = _header(token)
    key = keyring.keys.get(audience, {}).get(header.get("kid", ""))
    if key is None:
        raise SealBroken(f"a text for {audience} is sealed with a key this service does not hold")
    if (header.get("aud"), header.get("about")) != (audience, about):
        raise SealBroken(f"a text for {audience} belongs to something else")
    try:
        return (jwe.decrypt_compact(token, key, registry=_REGISTRY).plaintext or b"").decode()
    except (JoseError, ValueError):
        raise SealBroken(f"a text for {audience} was tampered with") from None


def sealed_context(event: Event) -> dict[str, Any]:
    """What the header of an event's parts must say: incident or request, and revision."""
    return _context(event)


def _parts(sealed: SealedParts) -> list[tuple[str, Any]]:
    names = (a.value for a in Audience if a is not Audience.SCHOOL)
    return [(name, getattr(sealed, name)) for name in names]


def _with_parts(event: E, sealed: SealedParts, found: Mapping[str, Any]) -> E:
    return event.model_copy(update={"sealed": sealed.model_copy(update=found)})


@cache
def has_parts(kind: type[Event]) -> bool:
    """Whether events of a class carry sealed parts."""
    return "sealed" in kind.model_fields


def _context(event: Event) -> dict[str, Any]:
    context: dict[str, Any] = {}
    for name, field in (("incident", "incident_id"), ("request", "request_id")):
        if (value := getattr(event, field, None)) is not None:
            context[name] = str(value)
    if (revision := getattr(event, "revision", None)) is not None:
        context["revision"] = revision
    return context


def _seal(part: Content, audience: Audience, context: Mapping[str, Any], keyring: Keyring) -> str:
    kid = keyring.seal_with.get(audience)
    if kid is None:
        raise SealBroken(f"this service has no key to seal for {audience}")
    if isinstance(part, ContactPart | UnsafePart):
        part = part.fingerprinted(keyring.fingerprint.of)
    header = {**ALGORITHM, "kid": kid, "aud": audience.value, **context}
    text = part.model_dump_json(exclude_none=True, by_alias=True)
    key = keyring.keys[audience][kid]
    return jwe.encrypt_compact(header, text, key, registry=_REGISTRY)


def _open(token: str, audience: Audience, context: Mapping[str, Any], keyring: Keyring) -> Content:
    header = _header(token)
    key = keyring.keys.get(audience, {}).get(header.get("kid", ""))
    if key is None:
        raise SealBroken(f"a part for {audience} is sealed with a key this service does not hold")
    stated = {name: header.get(name) for name in _PLACE}
    expected = {name: context.get(name) for name in stated}
    if header.get("aud") != audience or stated != expected:
        raise SealBroken(f"a part for {audience} belongs to another event, child or revision")
    try:
        text = jwe.decrypt_compact(token, key, registry=_REGISTRY).plaintext or b""
        return CONTENTS[audience].model_validate_json(text)
    except (JoseError, ValidationError, ValueError):
        raise SealBroken(f"a part for {audience} was tampered with") from None


def _header(token: str) -> dict[str, Any]:
    try:
        header = json.loads(_bytes(token.partition(".")[0]))
    except ValueError:
        raise SealBroken("a part is not a compact JWE") from None
    if not isinstance(header, dict):
        raise SealBroken("a part is not a compact JWE")
    return header


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
