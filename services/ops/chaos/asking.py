"""Asking processes over HTTP that may be killed at any moment."""

import asyncio

import httpx

ASK_EVERY = 0.2
GONE = (httpx.TransportError, AttributeError)
"""anyio trips over a socket that closed just after it opened, with an AttributeError."""


async def answer_of(client: httpx.AsyncClient, request: httpx.Request) -> httpx.Response | None:
    """The answer, or None where nobody was there to give one."""
    try:
        return await client.send(request)
    except GONE:
        return None


async def until_ready(port: int) -> None:
    """Return when the process there says that it is ready."""
    async with httpx.AsyncClient(timeout=5) as client:
        while True:
            request = client.build_request("GET", f"http://127.0.0.1:{port}/ready")
            answer = await answer_of(client, request)
            if answer is not None and answer.status_code == 200:
                return
            await asyncio.sleep(ASK_EVERY)
