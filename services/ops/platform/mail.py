"""A local mail server that keeps what it is sent: schools' and agencies' mail goes nowhere else."""

import asyncio
import itertools
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.parser import BytesHeaderParser
from pathlib import Path
from weakref import WeakSet

from aiosmtpd.smtp import SMTP, Envelope, Session

from services.ops.platform.addresses import LOOPBACK

SENT_AT = "X-Onward-Sent-At"
REFERENCE = "X-Onward-Reference"
STEP = "X-Onward-Step"


@dataclass(frozen=True)
class KeptMail:
    """A mail exactly as it was accepted, and its headers."""

    content: bytes
    headers: Mapping[str, str]

    @classmethod
    def of(cls, content: bytes) -> "KeptMail":
        """A mail from its bytes; a header that comes twice counts once."""
        read = BytesHeaderParser().parsebytes(content)
        return cls(content, {name: str(value) for name, value in read.items()})


@dataclass
class MailSink:
    """Every mail accepted, one `.eml` file each, in the order of acceptance."""

    folder: Path
    port: int = 0
    host: str = LOOPBACK
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    async def handle_DATA(  # noqa: N802
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Keep one mail as it came; aiosmtpd calls this by its name."""
        content = envelope.content or b""
        name = f"{next(self._numbers):06d}.eml"
        (self.folder / name).write_bytes(
            content if isinstance(content, bytes) else content.encode()
        )
        return "250 Message kept"

    def mails(self) -> list[KeptMail]:
        """What was accepted so far."""
        return [KeptMail.of(path.read_bytes()) for path in sorted(self.folder.glob("*.eml"))]


@asynccontextmanager
async def mail_sink(folder: Path, port: int = 0) -> AsyncIterator[MailSink]:
    """A mail server on a loopback port that keeps mail in the folder."""
    sink = MailSink(folder, _numbers=itertools.count(_kept(folder) + 1))
    loop = asyncio.get_running_loop()
    sessions: WeakSet[SMTP] = WeakSet()

    def session() -> SMTP:
        opened = SMTP(sink, hostname="localhost", loop=loop, enable_SMTPUTF8=True)
        sessions.add(opened)
        return opened

    server = await loop.create_server(session, LOOPBACK, port)
    sink.port = int(server.sockets[0].getsockname()[1])
    try:
        yield sink
    finally:
        server.close()
        # From Python 3.12 a server is not closed before each of its connections is.
        for opened in list(sessions):
            if opened.transport is not None:
                opened.transport.close()
        await server.wait_closed()


def _kept(folder: Path) -> int:
    folder.mkdir(parents=True, exist_ok=True)
    return len(list(folder.glob("*.eml")))
