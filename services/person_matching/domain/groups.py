"""Contact groups: victims who may be one person, never a victim with her own suspect."""

from collections.abc import Collection, Iterable
from uuid import UUID


def components(
    members: Iterable[UUID],
    edges: Iterable[tuple[UUID, UUID]],
    opposed: Collection[frozenset[UUID]],
) -> list[frozenset[UUID]]:
    """Members joined by edges, in their order; one that would unite opponents is left out."""
    group_of = {member: frozenset((member,)) for member in members}
    for one, other in edges:
        if one not in group_of or other not in group_of:
            continue
        united = group_of[one] | group_of[other]
        if not any(pair <= united for pair in opposed):
            group_of |= dict.fromkeys(united, united)
    return sorted(set(group_of.values()), key=min)
