"""How a part that looks now and then is told to look at once."""

import asyncio
import contextlib


class Bell:
    """Rung by whoever has work for its listener; a ring nobody waits for is kept."""

    def __init__(self) -> None:
        self._rung = asyncio.Event()

    def ring(self) -> None:
        """Let the listener look at once."""
        self._rung.set()

    async def rings_within(self, seconds: float) -> bool:
        """Wait no longer than that; whether it rang."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._rung.wait()
        rang = self._rung.is_set()
        self._rung.clear()
        return rang
