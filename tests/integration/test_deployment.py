"""What deploys the system names what the code has: services, settings, metrics, runbooks."""

import os
import re
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import REGISTRY
from typer.testing import CliRunner

from services.kit import metrics
from services.kit.settings import Settings
from services.ops import keys_command, match_command
from services.ops.platform import SERVICES
from services.ops.platform.postgres import ANYWHERE
from services.ops.roster import service_named

ROOT = Path(__file__).parents[2]
DOORS = {"police_notifications", "victim_contact", "school_alerts"}
SETTINGS = {f"ONWARD_{name.upper()}" for name in Settings.model_fields}


def compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text())
    return found


def known_metrics() -> set[str]:
    assert metrics.TAKEN
    return {sample.name for metric in REGISTRY.collect() for sample in metric.samples} | {
        f"{metric.name}{suffix}"
        for metric in REGISTRY.collect()
        for suffix in ("", "_total", "_bucket", "_sum", "_count")
    }


@pytest.mark.parametrize("service", SERVICES)
def test_in_containers_a_service_has_its_own_password_and_keys(service: str) -> None:
    told = compose()["services"][service]
    assert told["command"] == ["python", "-m", f"services.{service}"]
    environment = told["environment"]
    assert set(environment) <= SETTINGS
    assert environment["ONWARD_DATABASE_PASSWORD"] == f"${{{service.upper()}_PASSWORD}}"
    assert {"source": service, "target": "keyring"} in told["secrets"]
    assert ("ONWARD_TOKENS_FILE" in environment) == (service in DOORS)


@pytest.mark.parametrize("service", [*SERVICES, "console"])
def test_in_containers_secrets_are_read_by_whoever_issued_them(
    service: str, tmp_path: Path
) -> None:
    assert compose()["services"][service]["user"].startswith("${ONWARD_UID")
    CliRunner().invoke(keys_command.app, ["issue", str(tmp_path)])
    told = (tmp_path / "passwords.env").read_text().splitlines()
    assert {f"ONWARD_UID={os.getuid()}", f"ONWARD_GID={os.getgid()}"} <= set(told)


def test_the_runbooks_commands_have_a_place_to_run_from() -> None:
    console = compose()["services"]["console"]
    job = yaml.safe_load((ROOT / "k8s/components/console/console.yaml").read_text())
    [container] = job["spec"]["template"]["spec"]["containers"]
    named = {each["name"]: each.get("value") for each in container["env"]}
    assert console["entrypoint"] == ["onward"]
    for environment in (console["environment"], named):
        assert environment["PLATFORM"] == "external"
        assert environment["ONWARD_PASSWORDS_FILE"].endswith("/platform/keys/passwords.env")
        assert {"ONWARD_KAFKA", "ONWARD_POSTGRES"} <= set(environment)


def test_alerts_have_somebody_to_wake() -> None:
    told = yaml.safe_load((ROOT / "deploy" / "prometheus" / "prometheus.yml").read_text())
    [manager] = told["alerting"]["alertmanagers"]
    [target] = manager["static_configs"][0]["targets"]
    assert target.partition(":")[0] in compose()["services"]
    base = yaml.safe_load((ROOT / "k8s" / "base" / "deployment.yaml").read_text())
    assert base["spec"]["template"]["metadata"]["annotations"]["prometheus.io/scrape"] == "true"


def test_the_services_with_a_door_are_those_that_speak_http() -> None:
    assert {name for name in SERVICES if service_named(name).door is not None} == DOORS


def test_in_containers_postgresql_is_set_as_it_is_everywhere() -> None:
    told = compose()["services"]["postgres"]["command"]
    assert told == ["postgres", *(f"-c{name}={value}" for name, value in ANYWHERE.items())]


@pytest.mark.parametrize("service", SERVICES)
def test_on_kubernetes_a_service_has_its_own_password_and_keys(service: str) -> None:
    name = service.replace("_", "-")
    text = (ROOT / "k8s" / "services" / name / "kustomization.yaml").read_text()
    assert f"value: {service}\n" in text
    assert f"database-{name}\n" in text and f"keyring-{name}\n" in text
    assert ("components/door" in text) == (service in DOORS)


def test_the_nightly_sweep_runs_a_command_that_exists_as_the_service_that_it_is_for() -> None:
    job = yaml.safe_load((ROOT / "k8s/services/person-matching/sweep.yaml").read_text())
    [container] = job["spec"]["jobTemplate"]["spec"]["template"]["spec"]["containers"]
    words = container["command"]
    named = CliRunner().invoke(match_command.app, [*words[2:], "--help"])
    assert (words[:2], named.exit_code) == (["onward", "match"], 0)
    assert {each["name"] for each in container["env"]} <= SETTINGS
    assert container["env"][0]["valueFrom"]["secretKeyRef"]["name"] == "database-person-matching"


@pytest.mark.parametrize("overlay", ["dev", "production"])
def test_an_overlay_deploys_every_service_with_settings_that_exist(overlay: str) -> None:
    told = yaml.safe_load((ROOT / "k8s" / "overlays" / overlay / "kustomization.yaml").read_text())
    wanted = {f"../../services/{name.replace('_', '-')}" for name in SERVICES}
    assert set(told["resources"]) == wanted
    literals = told["configMapGenerator"][0]["literals"]
    assert {each.split("=")[0] for each in literals} <= SETTINGS


def test_every_page_names_a_runbook_and_a_metric_that_exist() -> None:
    rules = yaml.safe_load((ROOT / "deploy" / "prometheus" / "alerts.yml").read_text())
    for rule in (rule for group in rules["groups"] for rule in group["rules"]):
        assert (ROOT / "deploy" / "runbooks" / rule["annotations"]["runbook"]).exists()
        assert set(re.findall(r"onward_\w+", rule["expr"])) <= known_metrics()


def test_the_dashboard_shows_metrics_that_exist() -> None:
    text = (ROOT / "deploy" / "grafana" / "dashboards" / "onward.json").read_text()
    assert set(re.findall(r"onward_\w+", text)) <= known_metrics()


def test_the_command_that_makes_databases_knows_every_service() -> None:
    text = (ROOT / "deploy" / "postgres" / "databases.sh").read_text()
    assert all(re.search(rf"\b{service}\b", text) for service in SERVICES)
