"""Who is at the door: a token per sender, of which only the hash is kept."""

import hashlib
import hmac
import json
import os
import re
import secrets
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

from services.kit.logging import kind_of, logger

log = logger("authentication")
SENDER = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
BEARER = "bearer "
TOKEN_BYTES = 32


class TokensWrong(Exception):  # noqa: N818
    """The file of tokens cannot be used; the message says why and holds no token."""


@dataclass(frozen=True, slots=True)
class Issued:
    """A token that was given out, by its hash; a sender may hold several while it rotates."""

    source: str
    sha256: str
    issued_at: str


class Tokens:
    """The tokens of a file, read again whenever it changes: a revoked one opens no door.

    While a changed file cannot be read, as when an edit was cut short, those read last go on;
    TokensWrong where none was ever read.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._seen: tuple[int, int] | None = None
        self._issued: Sequence[Issued] | None = None

    def sender_of(self, authorization: str | None) -> str | None:
        """Whose token an `Authorization` header carries; None = nobody's."""
        given = authorization or ""
        if not given.lower().startswith(BEARER):
            return None
        digest = _digest(given[len(BEARER) :].strip())
        found = None
        for issued in self._now():
            # No early end: how long it takes must not tell whose hash came close.
            if hmac.compare_digest(issued.sha256, digest):
                found = issued.source
        return found

    def _now(self) -> Sequence[Issued]:
        if self._path is None:
            return ()
        try:
            stat = self._path.stat()
        except FileNotFoundError:
            return ()
        seen = (stat.st_mtime_ns, stat.st_ino)
        if seen != self._seen or self._issued is None:
            self._read(self._path)
            self._seen = seen
        if self._issued is None:
            raise TokensWrong(f"{self._path.name} cannot be read")
        return self._issued

    def _read(self, path: Path) -> None:
        try:
            self._issued = read_tokens(path)
        except (TokensWrong, OSError) as fault:
            log.error("tokens_unreadable", fault=kind_of(fault))


def issue(path: Path, source: str, at: datetime) -> str:
    """Give a sender a new token and return it: it is shown this once and never again."""
    if not SENDER.fullmatch(source):
        raise TokensWrong("a sender's code is letters, digits, hyphens and underscores")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    standing = read_tokens(path) if path.exists() else []
    _write(path, [*standing, Issued(source, _digest(token), at.isoformat())])
    return token


def revoke(path: Path, source: str) -> int:
    """Take all of a sender's tokens back; returns how many there were."""
    standing = read_tokens(path) if path.exists() else []
    kept = [issued for issued in standing if issued.source != source]
    if len(kept) < len(standing):
        _write(path, kept)
    return len(standing) - len(kept)


def read_tokens(path: Path) -> list[Issued]:
    """Every token of a file, by its hash."""
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        return [Issued(**entry) for entry in read["tokens"]]
    except (KeyError, TypeError, ValueError) as fault:
        raise TokensWrong(f"{path.name} is not a file of tokens") from fault


def _write(path: Path, issued: Sequence[Issued]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        json.dump({"tokens": [asdict(one) for one in issued]}, file, indent=1)
    draft.replace(path)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode("utf-8", "surrogateescape")).hexdigest()
