"""`onward review show` can be read on a terminal, however many records a person has."""

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

from rich.console import Console

from services.ops.review_command import sides_table
from services.person_matching.domain.rows import By, Record, Source

NOON = datetime(2026, 11, 27, 12, tzinfo=UTC)


def a_record(number: int, **given: str) -> Record:
    return Record(
        record_id=UUID(int=number),
        report_id=UUID(int=number),
        source="police",
        reference=f"SYP-{number:06d}",
        role="victim",
        came_in=Source.INCIDENT,
        revision=1,
        person_id=UUID(int=1),
        features="{}",
        given=json.dumps(given),
        keys=(),
        places=(),
        points="[]",
        joined_by=By.MACHINE,
        outcome="same",
        weight=None,
        since=NOON,
        told_at=NOON,
        area="rotherham",
    )


def printed(ones: list[Record], others: list[Record]) -> str:
    with open(os.devnull, "w") as nowhere:
        console = Console(width=80, record=True, file=nowhere)
        console.print(sides_table(ones, others))
    return console.export_text()


def test_of_a_person_with_dozens_of_records_each_value_is_shown_once() -> None:
    often = [
        a_record(number, given_names="Leanne", family_name="Hartshorn") for number in range(63)
    ]
    married = a_record(63, given_names="Leanne", family_name="Wrona")
    text = printed([*often, married], [a_record(64, phones="07700 900123")])
    assert all(len(line) <= 80 for line in text.splitlines())
    assert "one (64)" in text and "other (1)" in text
    assert text.count("Leanne") == 1 and "Leanne (64 times)" in text
    assert "Hartshorn (63 times)" in text and "Wrona" in text
    assert "07700 900123" in text
    assert "SYP-000000" in text and "and 56 more: see --json" in text


def test_of_two_records_everything_is_shown_as_it_was_written() -> None:
    one = replace(a_record(1), given=json.dumps({"given_names": "Leanne", "notes": "[bold]"}))
    text = printed([one], [a_record(2, given_names="Lianne")])
    assert all(
        value in text for value in ("Leanne", "Lianne", "[bold]", "SYP-000001", "SYP-000002")
    )
    assert "times" not in text
