"""FEBRL 1 to 4 side by side: Onward, Splink and recordlinkage on the same records, no labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from services.ops.matching.febrl import ONE_TO_ONE, FebrlSet, febrl, person_of
from services.ops.matching.judging import BARS, Figures, judge
from services.ops.matching.own import Own
from services.ops.matching.pairs import Linked, Pair, best_of_each_other, judged
from services.ops.matching.peers import with_recordlinkage, with_splink

EVEN = 0.0
"""Bits at which a pair is as likely one person as two."""
SETS = (1, 2, 3, ONE_TO_ONE)
BEST = "mutual best"
PEERS: Mapping[str, Callable[[FebrlSet], list[Pair]]] = {
    "Splink": with_splink.link_febrl,
    "recordlinkage": with_recordlinkage.link_febrl,
}


@dataclass(frozen=True)
class Line:
    """What one matcher made of one set, linked in one way."""

    given: str
    who: str
    how: str
    linked: Linked
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The line by name."""
        told = {"set": self.given, "who": self.who, "how": self.how}
        return {**told, **self.linked.as_json(), "seconds": round(self.seconds, 1)}


@dataclass(frozen=True)
class Decided:
    """What the service's own decisions make of one set."""

    given: str
    figures: Figures


def measured(peers: bool, sets: Sequence[int] = SETS) -> Iterator[tuple[list[Line], Decided]]:
    """Every set without and with the number, one after the other."""
    for which in sets:
        whole = febrl(which)
        for given in (whole.without_number(), whole):
            yield _measured(given, peers)


def _measured(given: FebrlSet, peers: bool) -> tuple[list[Line], Decided]:
    begun = perf_counter()
    own = Own.of(given)
    pairs = own.scored()
    seconds = perf_counter() - begun
    ways = {
        f"from {own.model.same_from:g} bits": judged(pairs, given.truth, own.model.same_from),
        "from even odds": judged(pairs, given.truth, EVEN),
    }
    if given.known:
        ways[BEST] = judged(own.best_matches(), given.truth)
    lines = [Line(given.name, "Onward", how, linked, seconds) for how, linked in ways.items()]
    for who, link in PEERS.items() if peers else ():
        lines += _of_peer(given, who, link)
    owners = {name: person_of(name) for name in given.rows}
    return lines, Decided(given.name, judge(given.known, own.decided(), owners, {})[""])


def _of_peer(given: FebrlSet, who: str, link: Callable[[FebrlSet], list[Pair]]) -> Iterable[Line]:
    begun = perf_counter()
    pairs = link(given)
    seconds = perf_counter() - begun
    yield Line(given.name, who, "from even odds", judged(pairs, given.truth, EVEN), seconds)
    if given.known:
        best = judged(best_of_each_other(pairs), given.truth)
        yield Line(given.name, who, BEST, best, seconds)


def misses(lines: Iterable[Line], decided: Iterable[Decided]) -> list[str]:
    """The bars that Onward's lines miss, in words."""
    told = {
        f"{each.given}: two people were made one.": each.figures.counts["false"] > 0
        for each in decided
    }
    for line in lines:
        if line.who == "Onward" and line.how == BEST:
            least = BARS.febrl if "without" in line.given else BARS.number
            told[f"{line.given}: F1 below {least}."] = line.linked.f1 < least
            told[f"{line.given}: fewer than {BARS.without_false} found before the first false."] = (
                line.linked.recall_without_false < BARS.without_false
            )
    return [sentence for sentence, missed in told.items() if missed]
