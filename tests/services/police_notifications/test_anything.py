"""Whatever is sent, a report is taken in or refused, and nothing personal is said in plain."""

import contextlib
import copy
import json
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.envelope import Event
from contracts.partner import IncidentReport
from contracts.police import PoliceIncident
from services.kit.partner_reading import read
from services.kit.sealing import Keyring, seal_parts
from tests.services.police_notifications.builders import (
    Desk,
    a_child,
    a_form,
    a_person,
    a_suspect,
    a_victim,
    graded,
)

RING = Keyring.generated()
SECRETS = ("Qwertyne", "Asdfghson", "Zxcvbnm Road", "07700 900456", "q@secret.test", "QZ1 1QZ")
FULL = a_form(
    circumstances=" ".join(SECRETS),
    school_summary=SECRETS[0],
    action_taken=SECRETS[1],
    flags=["weapon"],
    risk=graded("HIGH", answers={"injury": "yes"}, tool="POLICE_DASH_27"),
    victim=a_victim(
        given_names=SECRETS[0],
        family_name=SECRETS[1],
        safe_contact={"numbers": [SECRETS[3]], "windows": [{"days": ["mon"], "from": "10:00"}]},
        emails=[SECRETS[4]],
        consent={"given": True},
    ),
    suspect=a_suspect(address={"lines": [SECRETS[2]], "postcode": SECRETS[5]}),
    children=[a_child(ref="c", voice=SECRETS[0]), a_child(given_names="Ann")],
    other_party=a_person(given_names="Tom"),
    location={"lines": [SECRETS[2]], "postcode": SECRETS[5], "kind": "home"},
)
ODD: list[Any] = [
    *(None, True, 0, -1, 10**30, 1.5, "", "N/A", "unknown", "1900-01-01", "2027-01-01", "\x00"),
    *("2026-11-27T10:00:00Z", "\u202eنور", "<b>", [], {}, [None], [{}], ["x"], {"x": 1}),
    *("x" * 300, [{"number": "0"}]),
]


def places(content: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Every place in a form."""
    inside = content.items() if isinstance(content, dict) else enumerate(content)
    found = []
    for key, value in inside:
        found.append((*path, key))
        if isinstance(value, dict | list):
            found += places(value, (*path, key))
    return found


PLACES = places(FULL)
CHANGES = st.lists(st.tuples(st.sampled_from(PLACES), st.sampled_from(ODD)), max_size=4)


def changed(form: dict[str, Any], changes: list[tuple[tuple[Any, ...], Any]]) -> dict[str, Any]:
    """The form with odd values in some places."""
    form = copy.deepcopy(form)
    for path, value in changes:
        holder: Any = form
        for part in path[:-1]:
            try:
                holder = holder[part]
            except (KeyError, IndexError, TypeError):
                holder = None
                break
        if isinstance(holder, dict | list):
            with contextlib.suppress(IndexError, TypeError):
                holder[path[-1]] = value
    return form


@settings(max_examples=200, deadline=None)
@given(st.lists(CHANGES, min_size=1, max_size=3))
def test_whatever_is_sent_is_taken_in_or_refused(revisions: list[Any]) -> None:
    desk = Desk()
    for number, changes in enumerate(revisions, 1):
        form = changed(FULL | {"revision": number}, changes)
        if read(IncidentReport, json.dumps(form).encode()).event is None:
            continue
        for said in desk.take(form):
            assert isinstance(said, Event)
            plain = seal_parts(said, RING).model_dump_json()
            if isinstance(said, PoliceIncident):
                assert said.version >= 1
            assert [secret for secret in SECRETS if secret in plain] == []
