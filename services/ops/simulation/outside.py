"""What stands outside of the platform: a mail server that remembers what it was handed."""

from collections import Counter
from datetime import datetime
from typing import Any

from services.kit.gateways import NobodyKnows, NotNow
from services.ops.simulation.blows import Blow, Step
from services.ops.simulation.sending_statements import short
from services.ops.simulation.world import Program


class Outside:
    """Everything that reached somebody, by its reference."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()


class Gateway:
    """Hands messages of one process over, two at a time, if nothing goes wrong."""

    pace = 1000.0
    at_once = 2

    def __init__(self, process: Program, outside: Outside) -> None:
        self._process = process
        self._outside = outside

    async def deliver(self, message: Any, reference: str, sent_at: datetime) -> None:
        """Return when the other side accepted."""
        blow = await self._process.step(Step.DELIVER, f"hands {short(reference)} over")
        if blow is Blow.NOT_NOW:
            raise NotNow("come again")
        if blow is not Blow.LOST_UNSAID:
            self._outside.taken[reference] += 1
        if blow is not None:
            raise NobodyKnows("the line went dead")
