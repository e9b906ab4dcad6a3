"""Splink and recordlinkage on an invented town: each record against all that came before it."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from math import inf
from typing import Any

from services.ops.matching.febrl import Flat
from services.ops.matching.judging import Figures, Outcome, judge
from services.ops.matching.lines import party_of
from services.ops.matching.pairs import Pair
from services.ops.matching.peers import with_recordlinkage, with_splink
from services.ops.matching.worlds import World
from services.person_matching.domain.features import Features

COLUMNS = ("call", "surname", "birth", "sex", "middle", "home", "postcode")
REACHED = ("mobile", "landline", "email", "nhs")
CAUTIOUS = 6.63
"""Bits of a chance of .99, which Splink's own examples cluster from."""


@dataclass(frozen=True)
class Best:
    """The best earlier record of one that comes, and what speaks for it."""

    bits: float
    other: str


@dataclass(frozen=True)
class Told:
    """What somebody else's matcher makes of a town at given thresholds."""

    how: str
    figures: Figures


def flat(world: World) -> Flat:
    """Every record as one value per column, already normalised as the service does it."""
    return {str(line["record_id"]): _columns(line) for line in [*world.known, *world.incoming]}


def _columns(line: Mapping[str, Any]) -> dict[str, str | None]:
    told = party_of(dict(line)).as_told
    where = told.places[0] if told.places else None
    home = f"{where.postcode} {where.number}" if where and where.postcode and where.number else None
    return {
        "call": told.call,
        "surname": told.surname,
        "birth": f"{told.birth[:4]}-{told.birth[4:6]}-{told.birth[6:]}" if told.birth else None,
        "sex": told.sex,
        "middle": told.middles[0] if told.middles else None,
        "home": home,
        "postcode": where.postcode if where else None,
        **_reached(told),
    }


def _reached(told: Features) -> dict[str, str | None]:
    return {
        "mobile": min(told.mobiles, default=None),
        "landline": min(told.landlines, default=None),
        "email": min(told.emails, default=None),
        "nhs": told.nhs,
    }


def by_splink(records: Flat) -> list[Pair]:
    """The pairs that Splink scores."""
    import splink.comparison_library as compare
    from splink import block_on

    plan = with_splink.Plan(
        comparisons=[
            compare.NameComparison("call").configure(term_frequency_adjustments=True),
            compare.NameComparison("surname").configure(term_frequency_adjustments=True),
            compare.DateOfBirthComparison("birth", input_is_string=True),
            *(compare.ExactMatch(column) for column in ("sex", "middle", "home")),
            compare.DamerauLevenshteinAtThresholds("mobile", 1),
            *(compare.ExactMatch(column) for column in ("landline", "email", "nhs")),
        ],
        blocks=[
            *(block_on(column) for column in ("birth", "home", *REACHED)),
            *(block_on(name, "postcode") for name in ("call", "surname")),
            block_on("call", "surname"),
        ],
        # In blocks of a household or of a mere name its learning ends far off or not at all.
        learn_in=[block_on("nhs"), block_on("birth", "call"), block_on("email")],
        sure=[block_on("nhs"), block_on("email"), block_on("call", "surname", "birth")],
        recall=0.7,
    )
    return with_splink.link([records], plan)


def by_recordlinkage(records: Flat) -> list[Pair]:
    """The pairs that recordlinkage's ECM classifier scores."""
    near = {"call": "jarowinkler", "surname": "jarowinkler"}
    exact = [*(c for c in COLUMNS if c not in near), *REACHED]
    blocks = [["birth"], ["home"], ["call", "surname"], *([column] for column in REACHED)]
    return with_recordlinkage.link([records], with_recordlinkage.Plan(exact, near, blocks))


PEERS: Mapping[str, Callable[[Flat], list[Pair]]] = {
    "Splink": by_splink,
    "recordlinkage": by_recordlinkage,
}


def judged(world: World, pairs: Iterable[Pair], split: float) -> list[Told]:
    """The figures from the usual chance, and from where nobody is joined wrongly.

    The latter two thresholds are set with the labels in hand, in the peer's favour; from the
    lower one a human would be asked, so that no more are split than `split`.
    """
    best = best_earlier(world, pairs)
    none_wrong = _none_wrong(world, best)
    asking = _asking(world, best, split)
    return [
        Told("from a chance of .99", _figures(world, best, CAUTIOUS, CAUTIOUS)),
        Told("from where none is wrong", _figures(world, best, none_wrong, none_wrong)),
        Told("the same, and a human below", _figures(world, best, none_wrong, asking)),
    ]


def best_earlier(world: World, pairs: Iterable[Pair]) -> dict[str, Best]:
    """By record that comes, its best record before; parties of one report never meet."""
    lines = [*world.known, *world.incoming]
    place = {str(line["record_id"]): at for at, line in enumerate(lines)}
    report = {str(line["record_id"]): line["report"] for line in lines}
    coming = {str(line["record_id"]) for line in world.incoming}
    found: dict[str, Best] = {}
    for bits, *names in pairs:
        earlier, later = sorted(names, key=place.__getitem__)
        if later in coming and report[earlier] != report[later]:
            known = found.get(later)
            if known is None or (bits, earlier) > (known.bits, known.other):
                found[later] = Best(bits, earlier)
    return found


def _none_wrong(world: World, best: Mapping[str, Best]) -> float:
    wrong = [b.bits for name, b in best.items() if world.truth[name] != world.truth[b.other]]
    above = max(wrong, default=-inf)
    return min((b.bits for b in best.values() if b.bits > above), default=inf)


def _asking(world: World, best: Mapping[str, Best], split: float) -> float:
    """From how many bits to ask, so that of those known before hardly anybody is split."""
    scores = sorted(best[name].bits if name in best else -inf for name in _again(world))
    return scores[min(int(split * len(scores)), len(scores) - 1)] if scores else -inf


def _again(world: World) -> list[str]:
    stands = {world.truth[str(line["record_id"])] for line in world.known}
    found = []
    for line in world.incoming:
        name = str(line["record_id"])
        if world.truth[name] in stands:
            found.append(name)
        stands.add(world.truth[name])
    return found


def _figures(world: World, best: Mapping[str, Best], same: float, ask: float) -> Figures:
    outcomes = [_outcome(line, best, same, ask) for line in world.incoming]
    known = [str(line["record_id"]) for line in world.known]
    return judge(known, outcomes, world.truth, {})[""]


def _outcome(line: Mapping[str, Any], best: Mapping[str, Best], same: float, ask: float) -> Outcome:
    name, role = str(line["record_id"]), str(line["role"])
    found = best.get(name)
    if found is None or found.bits < ask:
        return Outcome(name, role, "new", None)
    return Outcome(name, role, "same" if found.bits >= same else "review", found.other)
