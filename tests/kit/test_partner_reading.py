"""What partners send is read strictly by type and leniently by content, and never raises."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from contracts.envelope import EVENTS, PartnerEvent
from contracts.partner import (
    AdvocateRoster,
    ContactRequest,
    IncidentReport,
    MaracMeeting,
    PupilEnrolment,
    SchoolAcknowledgement,
)
from services.kit.areas import Area
from services.kit.partner_reading import Reading, read
from tests.contracts.examples import partner_examples

FORM: dict[str, Any] = {
    "source": "south-yorkshire-police",
    "reference": "R1",
    "revision": 1,
    "status": "reported",
    "victim": {"given_names": "Amina", "family_name": "Testcase"},
}
PARTNER_EVENTS = [kind for kind in EVENTS.values() if issubclass(kind, PartnerEvent)]
"""Every partner topic."""


def read_form(**changes: Any) -> Reading[IncidentReport]:
    """The form with these fields changed, as read."""
    return read(IncidentReport, json.dumps(FORM | changes).encode())


def accepted(**changes: Any) -> IncidentReport:
    """The form with these fields changed, which must be accepted."""
    reading = read_form(**changes)
    assert reading.problems == ()
    assert reading.event is not None
    return reading.event


def faults(**changes: Any) -> dict[str, str]:
    """Code by path of what is wrong with the form."""
    reading = read_form(**changes)
    assert reading.event is None
    return {problem.path: problem.code for problem in reading.problems}


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "unreadable"),
        (b"{", "unreadable"),
        (b"\xff\xfe{}", "unreadable"),
        (b"[]", "not_an_object"),
        (b'"text"', "not_an_object"),
        (b'{"source": "a", "source": "b"}', "duplicate_field"),
        (b'{"victim": {"sex": "male", "sex": "female"}}', "duplicate_field"),
        (b'{"revision": NaN}', "unreadable"),
        (b'{"revision": 1e999}', "unreadable"),
        (b'{"revision": ' + b"9" * 5000 + b"}", "unreadable"),
        (b"[" * 100_000, "too_deep"),
        (b" " * (512 * 1024) + b"{}", "too_long"),
        (b'{"a":' * 50 + b"1" + b"}" * 50, "too_deep"),
    ],
)
def test_an_unreadable_body_is_refused_with_an_empty_path(body: bytes, code: str) -> None:
    [problem] = read(IncidentReport, body).problems
    assert (problem.path, problem.code) == ("", code)


@pytest.mark.parametrize(
    ("changes", "path", "code"),
    [
        ({"revision": "1"}, "/revision", "wrong_type"),
        ({"revision": 1.5}, "/revision", "wrong_type"),
        ({"revision": True}, "/revision", "wrong_type"),
        ({"revision": 0}, "/revision", "out_of_range"),
        ({"revision": 10**30}, "/revision", "out_of_range"),
        ({"status": "maybe"}, "/status", "unknown_code"),
        ({"status": 5}, "/status", "wrong_type"),
        ({"reference": "x" * 201}, "/reference", "too_long"),
        ({"occurred_at": "2026-11-27T18:30:00"}, "/occurred_at", "no_offset"),
        ({"occurred_at": "2026-02-30T18:30:00Z"}, "/occurred_at", "unparseable"),
        ({"occurred_at": "1700000000"}, "/occurred_at", "unparseable"),
        ({"occurred_at": 1700000000}, "/occurred_at", "wrong_type"),
        ({"occurred_at": "last night"}, "/occurred_at", "unparseable"),
        ({"circumstances": "x" * 20_001}, "/circumstances", "too_long"),
        ({"children": "two"}, "/children", "wrong_type"),
        ({"flags": ["weapon", 5]}, "/flags/1", "wrong_type"),
        ({"victim": []}, "/victim", "wrong_type"),
        ({"victim": {"date_of_birth": "2021-02-30"}}, "/victim/date_of_birth", "unparseable"),
        ({"victim": {"date_of_birth": "14/03/1991"}}, "/victim/date_of_birth", "unparseable"),
        ({"victim": {"date_of_birth": "2991-03-14"}}, "/victim/date_of_birth", "unparseable"),
        ({"victim": {"in_hospital": "yes"}}, "/victim/in_hospital", "wrong_type"),
        ({"victim": {"given_names": ["A"]}}, "/victim/given_names", "wrong_type"),
        ({"victim": {"given_names": "A\x00"}}, "/victim/given_names", "unreadable_character"),
        ({"victim": {"given_names": "\ud800"}}, "/victim/given_names", "unreadable_character"),
        ({"victim": {"address": ["\ud800"]}}, "/victim/address", "wrong_type"),
        ({"victim": {"phones": ["07700"]}}, "/victim/phones/0", "wrong_type"),
        ({"victim": {"phones": [None, {"number": 5}]}}, "/victim/phones/1/number", "wrong_type"),
        ({"risk": {"answers": {"injury": True}}}, "/risk/answers/injury", "wrong_type"),
        ({"victim": {"safe_contact": {"windows": [{"from": "25:00"}]}}},
         "/victim/safe_contact/windows/0/from", "unparseable"),
        ({"children": [{}] * 101}, "/children", "too_long"),
        ({"flags": ["weapon"] * 1001}, "/flags", "too_long"),
        ({"children": [{"ref": 1}]}, "/children/0/ref", "wrong_type"),
    ],
)  # fmt: skip
def test_a_wrong_type_or_an_unparseable_value_anywhere_refuses(
    changes: dict[str, Any], path: str, code: str
) -> None:
    assert faults(**changes) == {path: code}


def test_every_field_at_fault_is_named_at_once_and_no_value_is_quoted() -> None:
    changes = {"revision": "secret-1", "children": "secret-2", "occurred_at": "secret-3"}
    reading = read_form(**changes, victim={"sex": 7, "given_names": "secret\x00"})
    assert {problem.path for problem in reading.problems} == {
        *("/revision", "/children", "/occurred_at", "/victim/sex", "/victim/given_names"),
    }
    assert "secret" not in str(reading.problems)


@pytest.mark.parametrize("name", ["source", "reference", "revision", "status"])
@pytest.mark.parametrize("filler", ["N/A", "unknown", "", None])
def test_what_a_report_cannot_do_without_is_named(name: str, filler: str | None) -> None:
    assert faults(**{name: filler}) == {f"/{name}": "missing"}


@pytest.mark.parametrize(
    "filler",
    ["N/A", "n/a", "unknown", "Not known", "", "  ", "-", "???", "xxx", "TBC", "NULL", "None"],
)
def test_a_placeholder_is_absent_and_marked(filler: str) -> None:
    report = accepted(victim={"given_names": "Amina", "family_name": filler})
    assert report.victim is not None
    assert report.victim.family_name is None
    assert [mark.code for mark in report.marks] == ["family_name_placeholder"]


@pytest.mark.parametrize("name", ["Na", "Null", "Nunn", "Ng", "O", "Unkles", "Xxu"])
def test_a_name_that_only_looks_like_a_placeholder_is_kept(name: str) -> None:
    report = accepted(victim={"family_name": name})
    assert report.victim is not None
    assert report.victim.family_name == name


@pytest.mark.parametrize(
    "day", ["1900-01-01", "1970-01-01", "1901-01-01", "0001-01-01", "9999-12-31", "1899-12-31"]
)
def test_never_event_20_a_placeholder_birth_date_believed(day: str) -> None:
    report = accepted(victim={"given_names": "Amina", "date_of_birth": day})
    assert report.victim is not None
    assert report.victim.date_of_birth is None
    assert [mark.code for mark in report.marks] == ["date_of_birth_placeholder"]


@pytest.mark.parametrize("reason", ["Refused", "Not asked", "withheld"])
def test_an_answer_to_why_is_an_answer(reason: str) -> None:
    report = accepted(children=[{"voice_absent_reason": reason, "given_names": reason}])
    [child] = report.children
    assert (child.voice_absent_reason, child.given_names) == (reason, None)


def test_a_placeholder_where_a_flag_a_group_or_a_list_is_asked_is_absent_too() -> None:
    report = accepted(
        victim={"given_names": "A", "in_hospital": "unknown", "address": "N/A", "phones": "none"},
        occurred_at="1970-01-01T00:00:00Z",
    )
    assert report.victim is not None
    assert report.victim.model_dump(exclude_unset=True) == {"given_names": "A"}
    assert report.occurred_at is None
    assert len(report.marks) == 4


@pytest.mark.parametrize("number", ["N/A", "0", "00000 000000", "07000 000000", "99999999"])
def test_a_number_that_rings_nowhere_is_no_number(number: str) -> None:
    report = accepted(victim={"given_names": "A", "phones": [{"number": number}]})
    assert report.victim is not None
    assert report.victim.phones == ()
    assert "number_placeholder" in [mark.code for mark in report.marks]


def test_unknown_codes_are_kept_out_and_marked() -> None:
    report = accepted(
        flags=["weapon", "new_flag", "stalking"],
        risk={"tool": "NEW_TOOL", "officer_grade": "EXTREME", "answers": {"injury": "perhaps"}},
        location={"kind": "space"},
    )
    assert [flag.value for flag in report.flags] == ["weapon", "stalking"]
    assert report.risk is not None
    assert report.risk.model_dump(exclude_unset=True) == {"answers": {}}
    assert {mark.code for mark in report.marks} == {
        *("flags_unknown_code", "tool_unknown_code", "officer_grade_unknown_code"),
        *("injury_unknown_code", "kind_unknown_code"),
    }


def test_codes_that_read_like_placeholders_are_codes_where_the_form_has_them() -> None:
    report = accepted(
        victim={"given_names": "A", "sex": "unknown", "education": "unknown"},
        suspect={"custody": "unknown"},
        risk={"tool": "NONE"},
    )
    assert report.marks == ()


def test_an_answer_to_a_question_nobody_knows_is_kept_out_without_its_words() -> None:
    report = accepted(risk={"answers": {"Has the offender ever...?": "yes", "injury": "yes"}})
    assert report.risk is not None
    assert report.risk.answers == {"injury": "yes"}
    assert "offender" not in str(report.marks)
    assert [mark.code for mark in report.marks] == ["answers_unknown_key"]


def test_an_incomplete_part_is_kept_out_and_marked() -> None:
    report = accepted(victim={"given_names": "A", "consent": {"at": "2026-11-27T18:30:00Z"}})
    assert report.victim is not None
    assert report.victim.consent is None
    assert [mark.code for mark in report.marks] == ["given_missing"]


def test_a_window_of_unknown_days_never_opens() -> None:
    windows = [{"days": ["funday"], "from": "10:00", "to": "12:00"}, {"from": "10:00"}]
    report = accepted(victim={"given_names": "A", "safe_contact": {"windows": windows}})
    assert report.victim is not None
    assert report.victim.safe_contact is not None
    never, daily = report.victim.safe_contact.windows
    assert never.days == ()
    assert len(daily.days) == 7


def test_unknown_fields_are_ignored_whatever_they_hold() -> None:
    report = accepted(hobby={"list": [1, "\x00", "\ud800"]}, victim={"given_names": "A", "shoe": 5})
    assert report.marks == ()


@pytest.mark.parametrize(
    "text", ["<script>alert(1)</script>", "\u202eنور", "Zoë & Søn", "O'Neil; DROP TABLE", "李"]
)
def test_markup_and_right_to_left_text_are_kept_as_text(text: str) -> None:
    report = accepted(victim={"given_names": text}, circumstances=text * 100)
    assert report.victim is not None
    assert report.victim.given_names == text
    assert report.circumstances == text * 100


@pytest.mark.parametrize("letter", ["x", "a", "ش", "🙂a"])
def test_a_narrative_of_20000_characters_is_read_whole(letter: str) -> None:
    narrative = (letter * 20_000)[:20_000]
    assert accepted(circumstances=narrative).circumstances == narrative


def test_content_is_compared_as_parsed_json_key_order_aside() -> None:
    forwards, backwards = accepted(), read(
        IncidentReport, json.dumps(dict(reversed(FORM.items())), indent=3).encode()
    ).event  # fmt: skip
    assert backwards is not None
    assert forwards.digest == backwards.digest
    assert forwards.digest != accepted(hobby="chess").digest
    assert accepted(revision=2.0).digest == accepted(revision=2).digest


def test_the_senders_own_field_names_are_used() -> None:
    reading = read(PupilEnrolment, b'{"source": "c", "reference": "1", "child": {}}')
    assert [problem.path for problem in reading.problems] == ["/from", "/as_of"]


def test_an_optional_code_with_a_default_goes_back_to_it() -> None:
    body = {**FORM, "status": "open", "urgency": "whenever", "statutory": None}
    reading = read(ContactRequest, json.dumps(body).encode())
    assert reading.event is not None
    assert reading.event.urgency == "routine"
    assert [mark.code for mark in reading.marks] == ["urgency_unknown_code"]


def test_a_leave_without_an_end_is_kept_out() -> None:
    body = {"source": "idva", "advocate_id": "a", "team": "idva", "area": "rotherham"}
    leave = [{"start": "2026-12-01"}, {"start": "2026-12-24", "end": "2026-12-31"}]
    reading = read(AdvocateRoster, json.dumps({**body, "leave": leave}).encode())
    assert reading.event is not None
    assert len(reading.event.leave) == 1


@pytest.mark.parametrize(("topic", "content"), partner_examples())
def test_every_valid_example_is_accepted_without_a_mark(topic: str, content: Any) -> None:
    kind: Any = EVENTS[topic]
    reading = read(kind, json.dumps(content).encode())
    assert (reading.problems, reading.marks) == ((), ())


JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=20)
    | st.sampled_from(["N/A", "unknown", "1900-01-01", "2026-11-27T18:30:00Z", "\ud800", "\x00"]),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["victim", "phones", "number", "address", "lines", "risk", "answers"])
            | st.text(max_size=5),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(PARTNER_EVENTS), st.data())
def test_no_content_makes_the_reading_raise(kind: type[PartnerEvent], data: st.DataObject) -> None:
    names = [info.alias or name for name, info in kind.model_fields.items()]
    content = data.draw(st.dictionaries(st.sampled_from(names), JSON))
    reading = read(kind, json.dumps(content).encode())
    assert (reading.event is None) == bool(reading.problems)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_no_bytes_make_the_reading_raise(body: bytes) -> None:
    reading = read(IncidentReport, body)
    assert (reading.event is None) == bool(reading.problems)


MEETING = {
    "source": "marac",
    "meeting_id": "M1",
    "held_at": "2026-12-03T09:30:00Z",
    "agenda_closes_at": "2026-11-30T12:00:00Z",
    "capacity": 20,
}
AREAS = {
    "away": Area("away", "1", "v", {"senders": {MaracMeeting.TOPIC: ["another"]}}),
    "here": Area("here", "2", "v", {}),
    "there": Area("there", "3", "v", {}),
}


@pytest.mark.parametrize(
    ("named", "applies", "codes"),
    [
        ({"area": "there"}, "there", []),
        ({"area": "leeds"}, "here", ["area_unknown"]),
        ({}, "here", ["area_missing"]),
        ({"area": "N/A"}, "here", ["area_placeholder", "area_missing"]),
    ],
)
def test_where_a_form_must_name_its_area_the_senders_first_stands_in_for_it_marked(
    named: dict[str, str], applies: str, codes: list[str]
) -> None:
    reading = read(MaracMeeting, json.dumps(MEETING | named).encode(), AREAS)
    assert reading.event is not None
    assert reading.event.area == applies
    assert [mark.code for mark in reading.event.marks] == codes


def test_an_area_of_another_type_is_refused_like_any_field() -> None:
    reading = read(MaracMeeting, json.dumps(MEETING | {"area": 7}).encode(), AREAS)
    assert [problem.path for problem in reading.problems] == ["/area"]


ANSWER = {"source": "106845", "alert_id": "A1", "by": "D. Lead", "role": "deputy"}
RECEIVED = datetime(2026, 11, 30, 8, 5, tzinfo=UTC)


def acknowledged(**changes: Any) -> Reading[SchoolAcknowledgement]:
    """A school's answer with these fields changed, as read."""
    told = ANSWER | {"at": "2026-11-30T08:00:00Z"} | changes
    body = json.dumps({name: value for name, value in told.items() if value != "left out"})
    return read(SchoolAcknowledgement, body.encode(), AREAS, RECEIVED)


@pytest.mark.parametrize("given", ["left out", None, "N/A"])
def test_an_alert_is_acknowledged_also_where_nobody_says_who_read_it_or_when(given: Any) -> None:
    reading = acknowledged(by=given, role=given, at=given)
    assert reading.event is not None
    assert (reading.event.by, reading.event.role, reading.event.at) == ("", "", RECEIVED)
    assert {f"{name}_missing" for name in ("by", "role", "at")} <= {m.code for m in reading.marks}


@pytest.mark.parametrize(("name", "wrong"), [("by", 7), ("at", "2026-11-30T08:00:00"), ("at", 7)])
def test_an_acknowledgement_of_another_type_is_refused(name: str, wrong: Any) -> None:
    assert [problem.path for problem in acknowledged(**{name: wrong}).problems] == [f"/{name}"]
