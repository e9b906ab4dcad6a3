"""A mail server that takes everything as fast as it can and only counts."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

END = b"\r\n.\r\n"
MARK = b"Message-ID: <"


@dataclass
class Count:
    """How many mails were taken, and how many different ones."""

    taken: int = 0
    seen: set[bytes] = field(default_factory=set)

    def take(self, content: bytes) -> None:
        """Count one mail by its Message-ID."""
        place = content.index(MARK) + len(MARK)
        self.taken += 1
        self.seen.add(content[place : content.index(b">", place)])


class Counting(asyncio.Protocol):
    """One connection."""

    def __init__(self, count: Count) -> None:
        self._count = count
        self._buffer = b""
        self._in_mail = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        transport.write(b"220 counting\r\n")

    def data_received(self, data: bytes) -> None:
        """Commands by line, a mail up to its lonely dot."""
        self._buffer += data
        while True:
            mark = END if self._in_mail else b"\r\n"
            part, found, rest = self._buffer.partition(mark)
            if not found:
                return
            self._buffer = rest
            self._transport.write(self._taken(part) if self._in_mail else self._answer(part))

    def _taken(self, content: bytes) -> bytes:
        self._in_mail = False
        self._count.take(content)
        return b"250 taken\r\n"

    def _answer(self, line: bytes) -> bytes:
        word = line[:4].upper()
        if word == b"DATA":
            self._in_mail = True
            return b"354 go on\r\n"
        return b"221 goodbye\r\n" if word == b"QUIT" else b"250 yes\r\n"


@asynccontextmanager
async def counting_sink() -> AsyncIterator[tuple[Count, int]]:
    """The server, and the port it listens on."""
    count = Count()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Counting(count), "127.0.0.1", 0)
    try:
        yield count, server.sockets[0].getsockname()[1]
    finally:
        server.close()
