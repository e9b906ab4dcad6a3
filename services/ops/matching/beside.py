"""FEBRL 1 to 4 side by side: Onward, Splink and recordlinkage on the same records, no labels."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from time import perf_counter
from typing import Any

from services.ops.matching.febrl import ONE_TO_ONE, DataSet, febrl, person_of
from services.ops.matching.judging import BARS, Figures, judge
from services.ops.matching.own import Own
from services.ops.matching.pairs import Linked, Pair, best_of_each_other, judged
from services.ops.matching.peers import with_recordlinkage, with_splink

EVEN = 0.0
"""Bits at which a pair is as likely one person as two."""
SETS = (1, 2, 3, ONE_TO_ONE)
BEST = "each other's best"
PEERS: Mapping[str, Callable[[DataSet], list[Pair]]] = {
    "Splink": with_splink.link_febrl,
    "recordlinkage": with_recordlinkage.link_febrl,
}


@dataclass(frozen=True)
class Line:
    """What one matcher made of one set, linked in one way."""

    data: str
    who: str
    how: str
    linked: Linked
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The line by name."""
        told = {"set": self.data, "who": self.who, "how": self.how}
        return {**told, **self.linked.as_json(), "seconds": round(self.seconds, 1)}


@dataclass(frozen=True)
class Decided:
    """What the service's own decisions make of one set."""

    data: str
    figures: Figures


def measured(peers: bool, sets: Sequence[int] = SETS) -> Iterator[tuple[list[Line], Decided]]:
    """Every set without and with the number, one after the other."""
    for which in sets:
        whole = febrl(which)
        for data in (whole.without_number(), whole):
            yield _measured(data, peers)


def _measured(data: DataSet, peers: bool) -> tuple[list[Line], Decided]:
    begun = perf_counter()
    own = Own.of(data)
    pairs = own.scored()
    seconds = perf_counter() - begun
    ways = {
        f"from {own.model.same_from:g} bits": judged(pairs, data.truth, own.model.same_from),
        "from even odds": judged(pairs, data.truth, EVEN),
    }
    if data.known:
        ways[BEST] = judged(own.best_matches(), data.truth)
    lines = [Line(data.name, "Onward", how, linked, seconds) for how, linked in ways.items()]
    for who, link in PEERS.items() if peers else ():
        lines += _of_peer(data, who, link)
    owners = {name: person_of(name) for name in data.rows}
    return lines, Decided(data.name, judge(data.known, own.decided(), owners, {})[""])


def _of_peer(data: DataSet, who: str, link: Callable[[DataSet], list[Pair]]) -> Iterable[Line]:
    begun = perf_counter()
    pairs = link(data)
    seconds = perf_counter() - begun
    yield Line(data.name, who, "from even odds", judged(pairs, data.truth, EVEN), seconds)
    if data.known:
        best = judged(best_of_each_other(pairs), data.truth)
        yield Line(data.name, who, BEST, best, seconds)


def misses(lines: Iterable[Line], decided: Iterable[Decided]) -> list[str]:
    """The bars that Onward's lines miss, in words."""
    told = {
        f"{each.data}: two people were made one.": each.figures.counts["false"] > 0
        for each in decided
    }
    for line in lines:
        if line.who == "Onward" and line.how == BEST:
            least = BARS.febrl if "without" in line.data else BARS.number
            told[f"{line.data}: F1 below {least}."] = line.linked.f1 < least
            told[f"{line.data}: fewer than {BARS.without_false} found before the first false."] = (
                line.linked.recall_without_false < BARS.without_false
            )
    return [sentence for sentence, missed in told.items() if missed]
