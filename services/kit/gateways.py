"""How a gateway says what came of a message, and which failures are worth another try."""

from enum import StrEnum


class Outcome(StrEnum):
    """What an answer event says in `outcome`."""

    ACCEPTED = "accepted"
    REFUSED = "refused"
    EXPIRED = "expired"
    UNCERTAIN = "uncertain"


class NotNow(Exception):  # noqa: N818
    """The other side could not take it now: nothing was handed over; try again later."""


class Away(NotNow):
    """Nobody answers at the gateway at all: whatever else goes that way must wait as well."""


class Resting(NotNow):
    """It was not even tried: the other side is left alone for so many seconds more."""

    def __init__(self, why: str, seconds: float) -> None:
        super().__init__(why)
        self.seconds = seconds


class NotEver(Exception):  # noqa: N818
    """The other side will not take it, however often it is tried."""


class NobodyKnows(Exception):  # noqa: N818
    """It may have been taken: the connection broke between handing over and the answer."""
