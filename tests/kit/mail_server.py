"""A mail server that answers as a test tells it to."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from aiosmtpd.smtp import SMTP


class Server:
    """A mail server that answers as told."""

    def __init__(self) -> None:
        self.kept: list[bytes] = []
        self.to: list[str] = []
        self.at_rcpt = ""
        self.at_data: str | Callable[[], str] = "250 kept"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, session: Any, envelope: Any, address: str, options: list[str]
    ) -> str:
        if self.at_rcpt:
            return self.at_rcpt
        envelope.rcpt_tos.append(address)
        self.to.append(address)
        return "250 OK"

    async def handle_DATA(self, server: SMTP, session: Any, envelope: Any) -> str:  # noqa: N802
        self.kept.append(envelope.content)
        if self.at_data == "hang up":
            assert isinstance(server.transport, asyncio.WriteTransport)
            server.transport.abort()
            return ""
        return str(self.at_data)


@asynccontextmanager
async def listening(server: Server) -> AsyncIterator[int]:
    loop = asyncio.get_running_loop()
    listener = await loop.create_server(lambda: SMTP(server, loop=loop), "127.0.0.1", 0)
    yield listener.sockets[0].getsockname()[1]
    listener.close()
