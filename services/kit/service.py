"""A service as data: what it hears, how it loads and saves, what it may open."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from contracts.envelope import Event, InputRefused
from contracts.vocabulary import Audience
from services.kit.sealing import Keyring

Handler = Callable[..., Sequence[Any]]
"""`handler(event, working_set, now) -> list of events, Later, Send, Withdraw`; annotated."""


class LockMore(Exception):  # noqa: N818
    """The load found that more belongs together: lock these names too and start again."""

    def __init__(self, names: set[str]) -> None:
        super().__init__(f"{len(names)} more names to lock")
        self.names = names


class Gateway(Protocol):
    """Hands one message to the outside; raises what `dispatch` knows how to retry."""

    async def deliver(self, message: Any, reference: str, sent_at: datetime) -> None:
        """Return when the other side accepted."""


@dataclass(frozen=True)
class Lanes:
    """What of a service's announcements goes first, while the others wait for their hearers."""

    urgent: Callable[[Event], bool]
    onlookers: frozenset[str] = frozenset()
    """Services that hear what comes of it and stand in nobody's way."""


def no_locks(heard: Sequence[Event]) -> set[str]:
    """No state beyond the events' own rows is shared."""
    return set()


def no_reference(area_dir: str) -> None:
    """The service reads no reference data."""
    return None


def without_keys(reference: Any, keyring: Keyring) -> Any:
    """Nothing of the reference data is kept sealed."""
    return reference


@dataclass(frozen=True)
class Service:
    """Everything the kit needs to run a service; handlers' annotations say the topics."""

    name: str
    """Also its consumer group and its database."""
    speaker: str
    """The first word of its topics."""
    hears: Sequence[Handler]
    load: Callable[..., Awaitable[Any]]
    """`load(transaction, heard) -> working set`; reference data is `transaction.reference`."""
    save: Callable[..., Awaitable[None]]
    """`save(transaction, working_set)`."""
    locks: Callable[[Sequence[Any]], set[str]] = no_locks
    """Names of shared state to lock before the load; `load` may raise `LockMore`."""
    opens: frozenset[Audience] = frozenset()
    """The audiences whose parts it may open."""
    keeps: frozenset[Audience] = frozenset()
    """Audiences whose parts it keeps sealed, checked on hearing, to open when a person looks."""
    reads: Callable[[str], Any] = no_reference
    """Reference data from the folder of area files, read once at start."""
    unlocks: Callable[[Any, Keyring], Any] = without_keys
    """The reference data with the service's keys, where it keeps something sealed at rest."""
    refuses: type[InputRefused] | None = None
    """What it says when a partner's message is bad."""
    door: Callable[..., Any] | None = None
    """`door(runtime) -> ASGI app`, where the outside speaks to it over HTTP."""
    gateways: Mapping[str, Callable[..., Gateway]] = field(default_factory=dict)
    """Beyond the kit's own `mail`."""
    watches: frozenset[str] = frozenset()
    """Topics whose progress its rules ask for (`services.kit.progress.heard_until`)."""
    lanes: Lanes | None = None
    """Where a backlog of one kind may keep another kind waiting: which goes first."""
    batch: int = 2000
    """Most records a transaction takes."""
