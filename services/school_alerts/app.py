"""school_alerts, wired: each handler hears the event of its first argument."""

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from contracts.schools import SchoolsInputRefused
from contracts.vocabulary import Audience
from services.kit.areas import Area, policies, read_areas
from services.kit.sealing import Keyring
from services.kit.service import Service
from services.kit.working_time import read_bank_holidays
from services.school_alerts.domain.book import Book, District
from services.school_alerts.domain.files import decoded, schools_in, terms_in
from services.school_alerts.domain.policy import Policy
from services.school_alerts.domain.schools import Schools
from services.school_alerts.door import door
from services.school_alerts.gateway import codes, notify
from services.school_alerts.handlers import (
    disown_pupil,
    enter_pupil,
    plan_alerts,
    record_acknowledgement,
    record_outcome,
    send_alerts,
    take_step,
    watch_deadline,
    withdraw_alerts,
)
from services.school_alerts.store import Reference, load, locks, save
from services.school_alerts.store.register import Shelf
from services.school_alerts.working_set import Districts

SECTION = "school_alerts"
SHIPPED = Path(__file__).parents[2] / "deploy" / "reference"
SCHOOLS_FILE = ("schools.csv", "gias_sample_rotherham_sheffield.csv")
TERMS_FILE = ("terms.json", "sheffield_term_dates.json")
"""Beside the area files, else as shipped: what holds until something is imported."""
REGISTER = "partner.pupil-enrolment.v1"
ACKNOWLEDGEMENTS = "partner.school-acknowledgement.v1"


def reference(area_dir: str) -> Reference:
    """Every area's policy, and the schools and calendars that the files give."""
    areas = read_areas(area_dir)
    return Reference(districts_of(areas), Shelf(seed_of(Path(area_dir))))


def unlocked(found: Reference, keyring: Keyring) -> Reference:
    """The same, with the key that opens the schools' contacts."""
    return replace(found, shelf=Shelf(found.shelf.seed, keyring))


def districts_of(areas: Mapping[str, Area]) -> Districts:
    """The areas as their files describe them."""
    found = policies(areas, SECTION, Policy)
    return Districts(
        {
            code: District(
                area=code,
                authority=area.authority,
                policy=found.of(code),
                policy_version=found.version_of(code),
                councils=councils_of(area, found.of(code)),
            )
            for code, area in areas.items()
        }
    )


def councils_of(area: Area, policy: Policy) -> frozenset[str]:
    """Who may acknowledge for the area's desks."""
    if policy.council:
        return frozenset({policy.council})
    said = area.senders_of(ACKNOWLEDGEMENTS) or area.senders_of(REGISTER)
    return frozenset(said or {f"{area.area}-council"})


def seed_of(area_dir: Path) -> Book:
    """The schools, terms and bank holidays of the files."""
    schools = schools_in(decoded(_file(area_dir, SCHOOLS_FILE).read_bytes()))
    terms = terms_in(json.loads(decoded(_file(area_dir, TERMS_FILE).read_bytes())))
    return Book(Schools(schools.entries), terms.entries, read_bank_holidays())


def _file(area_dir: Path, names: tuple[str, str]) -> Path:
    beside, shipped = area_dir / names[0], SHIPPED / names[1]
    return beside if beside.is_file() else shipped


SERVICE = Service(
    name="school_alerts",
    speaker="schools",
    hears=[
        plan_alerts,
        withdraw_alerts,
        enter_pupil,
        disown_pupil,
        record_acknowledgement,
        send_alerts,
        watch_deadline,
        take_step,
        record_outcome,
    ],
    load=load,
    save=save,
    locks=locks,
    opens=frozenset({Audience.SCHOOL}),
    reads=reference,
    unlocks=unlocked,
    refuses=SchoolsInputRefused,
    door=door,
    gateways={"notify": notify, "codes": codes},
)
