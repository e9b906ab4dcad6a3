"""The catalogue lists exactly what is said, and each entry is true."""

import pytest

from contracts.envelope import EVENTS, AlarmRaised, InputRefused, PartnerEvent
from services.kit.catalogue import CatalogueWrong, Topic, heard_by, read_catalogue, topics_of
from services.ops.contract_tools.spoken import spoken

CATALOGUE = read_catalogue()
SPEAKERS = {
    "partner": "partner",
    "police": "police_notifications",
    "identity": "person_matching",
    "mash": "mash_screening",
    "schools": "school_alerts",
    "idva": "idva_allocation",
    "contact": "victim_contact",
    "ops": "ops",
}
"""A topic's first word and who may say it."""


def test_every_event_is_listed_and_nothing_else_is() -> None:
    assert list(spoken()) == list(CATALOGUE)
    assert set(CATALOGUE) == set(EVENTS)


@pytest.mark.parametrize("listed", CATALOGUE.values(), ids=lambda topic: topic.name)
def test_an_entry_agrees_with_its_event(listed: Topic) -> None:
    event = spoken()[listed.name]
    assert listed.key == event.KEY
    assert listed.speaker == SPEAKERS[listed.name.partition(".")[0]]
    assert listed.is_partners == issubclass(event, PartnerEvent)
    assert (listed.key is None) == issubclass(event, AlarmRaised | InputRefused)
    assert listed.hearers
    assert listed.partitions >= 1
    assert listed.retention_days >= 1


def test_ops_hears_everything_but_partners_plain_words() -> None:
    heard = set(heard_by("ops", CATALOGUE))
    assert heard == {topic.name for topic in CATALOGUE.values() if not topic.is_partners}


def test_news_flows_downwards_with_one_arrow_back() -> None:
    order = list(SPEAKERS.values())
    back = {
        (topic.name, hearer)
        for topic in CATALOGUE.values()
        for hearer in topic.hearers
        if order.index(hearer) < order.index(topic.speaker)
    }
    ends = ("contact.closed", "contact.lead-handed-over", "contact.lead-lapsed")
    ended = {f"{name}.v1" for name in (*ends, "contact.lead-revoked")}
    assert back == {(name, "idva_allocation") for name in ended}


def test_a_wrong_entry_is_named() -> None:
    with pytest.raises(CatalogueWrong, match=r"police\.incident-reported\.v1"):
        topics_of("police.incident-reported.v1: {speaker: police_notifications}")
