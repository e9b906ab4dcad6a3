"""Which child of a revision is which child of the earlier ones, and since when each is named."""

import unicodedata
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime

VICTIM = "victim"
"""The `child_ref` of a victim under 18; no other child may have it."""


@dataclass(frozen=True, slots=True)
class NamedChild:
    """A child as a revision names it; `place` is from 1."""

    place: int
    ref: str | None = None
    given_names: str | None = None
    date_of_birth: date | None = None
    schools: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class KnownChild:
    """A child of an incident, whatever revisions it was in."""

    child_ref: str
    ref: str | None
    """The sender's own, where it ever gave one."""
    given_names: str | None
    date_of_birth: date | None
    first_named_at: datetime
    schools_named_at: Mapping[str, datetime] = field(default_factory=dict)
    earlier_names: tuple[str, ...] = ()
    """What other revisions called the child."""
    earlier_births: tuple[date, ...] = ()
    age_told: bool = True
    """No: a victim whose age no revision said; her clocks begin anew when one says it."""

    def named_again(self, child: NamedChild, at: datetime) -> "KnownChild":
        """The child as another revision names it; a school named before keeps its time."""
        names, births = self.names | {child.given_names}, self.births | {child.date_of_birth}
        name = child.given_names or self.given_names
        birth = child.date_of_birth or self.date_of_birth
        return replace(
            self,
            ref=self.ref or child.ref,
            given_names=name,
            date_of_birth=birth,
            earlier_names=tuple(sorted(each for each in names - {name} if each)),
            earlier_births=tuple(sorted(each for each in births - {birth} if each)),
            schools_named_at={**dict.fromkeys(child.schools, at), **self.schools_named_at},
        )

    @property
    def names(self) -> set[str | None]:
        """Everything the child was ever called."""
        return {self.given_names, *self.earlier_names}

    @property
    def births(self) -> set[date | None]:
        """Every birth date it was ever given."""
        return {self.date_of_birth, *self.earlier_births}

    def revived(self, at: datetime) -> "KnownChild":
        """The child of an incident that was cancelled and is not any more: all clocks anew."""
        return replace(self, first_named_at=at, schools_named_at={})


@dataclass(frozen=True, slots=True)
class Pairing:
    """The children of a revision by their place in it, and all that are known."""

    refs: tuple[str, ...]
    known: tuple[KnownChild, ...]

    def of(self, child_ref: str) -> KnownChild:
        """A known child; KeyError where there is none."""
        return {child.child_ref: child for child in self.known}[child_ref]


def pair(known: Sequence[KnownChild], named: Sequence[NamedChild], at: datetime) -> Pairing:
    """Pair a revision's children with the known ones: by ref, else by name or birth date.

    Never by position: a child who agrees with two others, or with none, is a new one.
    """
    by_place = _by_ref(known, named)
    for agree in (_by_both, _by_either, _by_earlier, _by_nothing_known):
        _pair_where(agree, by_place, known, named)
    refs = {child.child_ref: child for child in known}
    for child in named:
        standing = by_place.get(child.place) or _new(child, refs, named, at)
        by_place[child.place] = refs[standing.child_ref] = standing.named_again(child, at)
    return Pairing(tuple(by_place[child.place].child_ref for child in named), tuple(refs.values()))


def victim_as_child(
    known: Sequence[KnownChild], schools: Sequence[str], at: datetime, *, age_told: bool = True
) -> tuple[KnownChild, ...]:
    """The known children with a victim under 18, or of unknown age, as one more."""
    others = [child for child in known if child.child_ref != VICTIM]
    new = KnownChild(VICTIM, None, None, None, at, age_told=age_told)
    standing = next((child for child in known if child.child_ref == VICTIM), new)
    if age_told and not standing.age_told:
        standing = new
    return (*others, standing.named_again(NamedChild(0, schools=tuple(schools)), at))


Agree = Callable[[NamedChild, KnownChild], bool]


def _by_ref(known: Sequence[KnownChild], named: Sequence[NamedChild]) -> dict[int, KnownChild]:
    by_ref = {child.ref: child for child in known if child.ref is not None}
    found: dict[int, KnownChild] = {}
    for child in named:
        standing = by_ref.pop(child.ref, None) if child.ref is not None else None
        if standing is not None:
            found[child.place] = standing
    return found


def _pair_where(
    agree: Agree,
    by_place: dict[int, KnownChild],
    known: Sequence[KnownChild],
    named: Sequence[NamedChild],
) -> None:
    taken = {child.child_ref for child in by_place.values()} | {VICTIM}
    left = [child for child in known if child.child_ref not in taken]
    open_ = [child for child in named if child.place not in by_place]
    agreeing = [(c, k) for c in open_ for k in left if _may_be(c, k) and agree(c, k)]
    of_child = Counter(child.place for child, _ in agreeing)
    of_known = Counter(standing.child_ref for _, standing in agreeing)
    for child, standing in agreeing:
        if of_child[child.place] == of_known[standing.child_ref] == 1:
            by_place[child.place] = standing


def _may_be(child: NamedChild, known: KnownChild) -> bool:
    return child.ref is None or known.ref is None


def _by_both(child: NamedChild, known: KnownChild) -> bool:
    return _same_name(child, known) and _same_birth(child, known)


def _by_either(child: NamedChild, known: KnownChild) -> bool:
    return _same_name(child, known) or _same_birth(child, known)


def _by_earlier(child: NamedChild, known: KnownChild) -> bool:
    """A correction that is taken back: the name or birth date of an earlier revision."""
    named = bool(child.given_names) and _folded(child.given_names) in map(_folded, known.names)
    return named or (child.date_of_birth is not None and child.date_of_birth in known.births)


def _by_nothing_known(child: NamedChild, known: KnownChild) -> bool:
    return not any((child.given_names, child.date_of_birth, known.given_names, known.date_of_birth))


def _same_name(child: NamedChild, known: KnownChild) -> bool:
    return bool(child.given_names) and _folded(child.given_names) == _folded(known.given_names)


def _same_birth(child: NamedChild, known: KnownChild) -> bool:
    return child.date_of_birth is not None and child.date_of_birth == known.date_of_birth


def _folded(name: str | None) -> str:
    plain = unicodedata.normalize("NFKD", name or "")
    return "".join(letter for letter in plain if letter.isalnum()).casefold()


def _new(
    child: NamedChild,
    known: Mapping[str, KnownChild],
    named: Sequence[NamedChild],
    at: datetime,
) -> KnownChild:
    ref = child.ref if child.ref not in (None, VICTIM, *known) else None
    taken = {*known, *(other.ref for other in named)}
    place = child.place
    while str(place) in taken:
        place += 1
    return KnownChild(ref or str(place), ref, None, None, at)
