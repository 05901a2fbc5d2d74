"""The production compose file, as far as it can be tested without an engine."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from ledger import migrate
from settings import Settings
from workflows.names import SEARCH_ATTRIBUTES

ROOT = Path(__file__).parent.parent
FILE = ROOT / "docker-compose.yml"
TEXT = FILE.read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]

PREFIX = "REDRESS_"
DATABASE = re.compile(r"@postgres[:/]|^postgres$")
SECRET = re.compile(r"PASSWORD|PWD|SECRET")
REQUIRED = re.compile(r"\$\{[A-Z_]+:\?[^}]+\}")
FINISHED = ("service_completed_successfully", "service_healthy")


def environment(service: str) -> dict[str, str]:
    return {name: str(value) for name, value in SERVICES[service].get("environment", {}).items()}


def needs_database(service: str) -> bool:
    return any(DATABASE.search(value) for value in environment(service).values())


def waits_for(service: str) -> Iterator[tuple[str, str]]:
    """Yield every service that is waited for, directly or through others, and for what of it."""
    for other, how in SERVICES[service].get("depends_on", {}).items():
        yield other, how["condition"]
        yield from waits_for(other)


def sources() -> tuple[str, ...]:
    """Return what the Dockerfile copies into the image."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    lines = re.findall(r"^COPY (.+) \S+$", dockerfile, re.MULTILINE)
    return tuple(name for line in lines for name in line.split())


@pytest.mark.parametrize("service", SERVICES)
def test_every_image_is_pinned(service: str) -> None:
    name, _, tag = SERVICES[service]["image"].rpartition(":")
    assert name
    assert re.fullmatch(r"\d+\.\d+[\w.-]*", tag)


def test_the_base_of_our_own_image_is_pinned() -> None:
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    assert re.findall(r"^FROM (\S+)$", dockerfile, re.MULTILINE) == ["python:3.11.14-slim-bookworm"]


def test_our_own_image_does_not_run_as_root() -> None:
    assert re.search(r"^USER [1-9]\d*$", (ROOT / "Dockerfile").read_text(encoding="utf-8"), re.MULTILINE)


def test_our_own_image_holds_what_runs_and_nothing_to_test_with() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {path.name for path in ROOT.glob("*.py")}
    assert set(sources()) == packages | modules | {"requirements/runtime.txt"}


def test_our_own_image_has_the_version_of_the_project() -> None:
    version = re.search(r'^version = "(.+)"$', (ROOT / "pyproject.toml").read_text(), re.MULTILINE)
    assert version is not None
    ours = {service["image"] for service in SERVICES.values() if "build" in service}
    assert ours == {f"redress:{version[1]}"}


@pytest.mark.parametrize("service", SERVICES)
def test_every_variable_of_ours_is_a_setting(service: str) -> None:
    names = [name for name in environment(service) if name.startswith(PREFIX)]
    unknown = [name for name in names if name.removeprefix(PREFIX).lower() not in Settings.model_fields]
    assert not unknown


def test_settings_that_have_no_good_default_are_set() -> None:
    for service in ("worker", "listener", "starter"):
        assert {
            "REDRESS_TEMPORAL_ADDRESS",
            "REDRESS_TEMPORAL_NAMESPACE",
            "REDRESS_DATABASE_URL",
            "REDRESS_SANDBOX_URL",
            "REDRESS_NUMBER_SECRET",
        } <= environment(service).keys()


def test_the_application_never_holds_the_owners_rights() -> None:
    for service in ("worker", "listener", "starter"):
        assert "REDRESS_MIGRATION_URL" not in environment(service)
        assert "OWNER_PASSWORD" not in environment(service)["PGPASSWORD"]


@pytest.mark.parametrize(
    "service", [name for name in SERVICES if name != "postgres" and needs_database(name)]
)
def test_whoever_needs_the_database_waits_until_it_answers(service: str) -> None:
    waited = tuple(waits_for(service))
    assert ("postgres", "service_healthy") in waited
    assert all(how in FINISHED for _, how in waited)


@pytest.mark.parametrize("service", ["worker", "listener", "starter"])
def test_cases_run_only_after_both_migrations(service: str) -> None:
    waited = tuple(waits_for(service))
    for one_shot in ("migrate", "temporal-schema", "temporal-namespace"):
        assert (one_shot, "service_completed_successfully") in waited


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_waited_for_can_say_that_it_is_ready(service: str) -> None:
    for other, how in waits_for(service):
        assert how != "service_healthy" or "healthcheck" in SERVICES[other]


def test_the_search_attributes_are_those_of_the_code() -> None:
    pairs = [pair.split("=") for pair in environment("temporal-namespace")["SEARCH_ATTRIBUTES"].split()]
    known = [[key.name, key.indexed_value_type.name.title().replace("_", "")] for key in SEARCH_ATTRIBUTES]
    assert pairs == known


def test_the_namespace_keeps_closed_histories_as_long_as_the_settings_say() -> None:
    assert (
        environment("temporal-namespace")["RETENTION"]
        == f"{Settings.model_fields['retention_days'].default}d"
    )
    namespaces = {environment(name).get("TEMPORAL_NAMESPACE") for name in SERVICES} - {None}
    assert namespaces == {environment("worker")["REDRESS_TEMPORAL_NAMESPACE"]}


@pytest.mark.parametrize("service", SERVICES)
def test_ports_are_published_on_loopback_only(service: str) -> None:
    ports = SERVICES[service].get("ports", [])
    assert all(isinstance(port, str) and port.startswith("127.0.0.1:") for port in ports)


@pytest.mark.parametrize("service", SERVICES)
def test_no_secret_has_a_default(service: str) -> None:
    for name, value in environment(service).items():
        if SECRET.search(name):
            assert REQUIRED.fullmatch(value), name


def test_the_operator_guide_lists_every_setting_with_its_default() -> None:
    guide = (ROOT / "docs" / "operator-guide.md").read_text(encoding="utf-8")
    told = dict(re.findall(r"^\| `(REDRESS_\w+)` \| (?:`([^`]+)`|empty) \|", guide, re.MULTILINE))
    fields = Settings.model_fields.items()
    assert told == {
        f"{PREFIX}{name.upper()}": f"{field.default:g}"
        if isinstance(field.default, float)
        else str(field.default)
        for name, field in fields
    }


def test_no_password_stands_in_an_address() -> None:
    assert not re.search(r"//[^/\s@]*:[^/\s@]*@", TEXT)


def test_the_roles_are_those_of_the_addresses() -> None:
    roles = COMPOSE["configs"]["roles"]["content"]
    assert "CREATE ROLE redress_owner LOGIN" in roles
    assert "CREATE ROLE redress_app LOGIN" in roles
    assert "CREATE DATABASE redress OWNER redress_owner" in roles
    addresses = environment("migrate")
    assert addresses["REDRESS_MIGRATION_URL"].startswith("postgresql://redress_owner@")
    assert addresses["REDRESS_DATABASE_URL"].startswith("postgresql://redress_app@")


def test_the_migration_says_what_it_needs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("REDRESS_MIGRATION_URL", raising=False)
    monkeypatch.setenv("REDRESS_DATABASE_URL", "postgresql://redress_app@127.0.0.1:1/redress")
    assert migrate.main() == 1
    assert "REDRESS_MIGRATION_URL" in capsys.readouterr().err


def test_the_migration_says_that_nobody_answers(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("REDRESS_MIGRATION_URL", "postgresql://redress_owner@127.0.0.1:1/redress")
    monkeypatch.setenv("REDRESS_DATABASE_URL", "postgresql://redress_app@127.0.0.1:1/redress")
    assert migrate.main() == 3
    assert "does not answer" in capsys.readouterr().err
