"""The arrow of knowledge points inwards, to `domain`: reads every import and fails on any other arrow."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

ALL = ("",)
"""Any module of ours."""

MAY_IMPORT: dict[str, tuple[str, ...]] = {
    "domain": ("domain",),
    "ledger": ("ledger", "domain"),
    "activities": ("activities", "domain", "ledger"),
    # A workflow knows activities by name and model only, or a worker could not run without their ports.
    "workflows": ("workflows", "domain", "activities.append", "activities.retry"),
    "sandbox": ("sandbox", "domain"),
    # A policy is judged together with its wordings, which are rendered where they are sent, and with how long
    # one try may take.
    "policies": ("policies", "domain", "activities.wordings", "activities.retry"),
    "stack": ("stack",),
    "settings": (),
    # A backend opens a case under a policy, and speaks the workflow's names, messages and converter.
    "client": (
        "domain",
        "workflows.messages",
        "workflows.names",
        "workflows.converter",
        "workflows.decode",
        "policies",
        "settings",
    ),
    "cli": ALL,
    "worker": ALL,
    "starter": ALL,
    "tests": ALL,
    "benchmarks": ALL,
}
"""Who may know whom (design section 1); a prefix stands for everything below it."""

NOTHING_TO_RUN = ("activities.append", "activities.retry")
"""What a workflow may import from `activities`: names and models, so no library that does anything."""

LIFE = (
    "latest",
    "refusal",
    "record",
    "actor",
    "money",
    "chain",
    "number",
    "timeline",
    "calendar",
    "budget",
    "pauses",
    "explanation",
    "explain",
    "retarget",
    "ladder",
    "treatment_rules",
    "spoken",
    "policy_terms",
    "follow_up_rules",
    "staff_rules",
    "time_rules",
    "remedy_rules",
    "improvement_rules",
    "fairness_limits",
    "policy",
    "points",
    "theme",
    "effect_requests",
    "effect_results",
    "effect",
    "favourite",
    "relation",
    "message",
    "decision",
    "attempt",
    "permission",
    "notice",
    "intake_events",
    "intake_state",
    "intake",
    "signal",
    "triage",
    "earlier",
    "assignment",
    "allocation",
    "suggestion",
    "evidence",
    "treatment",
    "contact",
    "row",
    "heat",
    "post",
    "news",
    "took_part",
    "promise",
    "supervisor",
    "exemption",
    "review",
    "task",
    "offer",
    "plan",
    "said",
    "plan_rules",
    "refundable",
    "hours",
    "consent",
    "offer_attempt",
    "staff_news",
    "authority",
    "remedy_events",
    "remedy_state",
    "remedy_evolve",
    "remedy_approval",
    "remedy_words",
    "remedy_proposing",
    "remedy",
    "harm_withdrawal",
    "wish",
    "regard",
    "interest",
    "saga_steps",
    "gesture",
    "saga_events",
    "saga_state",
    "saga_amounts",
    "saga_requests",
    "saga_outcomes",
    "saga_commands",
    "saga",
    "benefit",
    "line_outcome",
    "cost",
    "result",
    "questions",
    "call_attempts",
    "answer_link",
    "happy_call_events",
    "preference",
    "happy_call_state",
    "happy_call",
    "servqual",
    "written_form",
    "after_care",
    "retention",
    "prepared",
    "ending",
    "staff_readers",
    "joined_lines",
    "joining_events",
    "joining_state",
    "joining_copies",
    "joining",
    "clocks",
    "withdrawal",
    "late_refund",
    "targets",
    "guarantee",
    "lesson",
    "learnt",
    "growth",
    "amendment",
    "rest",
    "redaction_events",
    "redaction",
    "plain_speech",
    "case_messages",
    "case_state",
    "case_reading",
    "case_todo",
    "case_across",
    "case_evolve",
    "case_standing",
    "case_deadlines",
    "case_answers",
    "case_consequences",
    "case_commands",
    "case_notices",
    "case",
    "heat_view",
    "brief",
    "parking",
    "after_sale",
    "remedy_view",
    "phases",
    "conduct",
    "finding",
    "fairness_history",
    "fairness_clocks",
    "fairness_outcome",
    "fairness_procedure",
    "fairness_clauses",
    "fairness_manner",
    "fairness_regard",
    "fairness_words",
    "fairness_marks",
    "fairness_many",
    "fairness_measures",
    "fairness",
    "fairness_along",
    "service_quality",
    "scores",
    "solving",
    "repetition",
    "clock_view",
    "follow_up_view",
    "contact_queue",
    "view",
    "figures",
    "partner",
    "prosumer",
    "improvement_events",
    "improvement_state",
    "improvement",
    "improvement_view",
)
"""The files of the domain along the life of a case; each may know those before it."""

OURS = frozenset(MAY_IMPORT)
OUTSIDE_DOMAIN = frozenset({"pydantic"})


def sources(package: str) -> list[Path]:
    """Return the files of a package, or the one file of that name."""
    folder = ROOT / package
    return sorted(folder.rglob("*.py")) if folder.is_dir() else [ROOT / f"{package}.py"]


def imports(source: str, *, top_level: bool = False) -> Iterator[str]:
    """Yield the dotted name of everything that a source imports."""
    tree = ast.parse(source)
    for node in tree.body if top_level else ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "imports are absolute"
            assert node.module is not None
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_allowed(name: str, allowed: tuple[str, ...]) -> bool:
    """Say whether a dotted name lies below one of the allowed prefixes."""
    return any(prefix in ("", name) or name.startswith(f"{prefix}.") for prefix in allowed)


def wrong_arrows(source: str, package: str, *, top_level: bool = False) -> list[str]:
    """Return what a source of this package imports and may not."""
    ours = (name for name in imports(source, top_level=top_level) if name.partition(".")[0] in OURS)
    return [name for name in ours if not is_allowed(name, MAY_IMPORT[package])]


@pytest.mark.parametrize("package", sorted(set(MAY_IMPORT) - {"settings"}))
def test_the_arrow_of_knowledge_points_inwards(package: str) -> None:
    wrong = {
        str(path.relative_to(ROOT)): found
        for path in sources(package)
        if (found := wrong_arrows(path.read_text(), package))
    }
    assert wrong == {}, "see design section 1"


def test_settings_know_nothing_of_ours_until_they_are_asked() -> None:
    assert wrong_arrows((ROOT / "settings.py").read_text(), "settings", top_level=True) == []


def test_every_package_of_the_house_has_its_rule() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")}
    modules = {path.stem for path in ROOT.glob("*.py")}
    assert (packages | modules) - OURS == set()


def test_the_rule_notices_a_wrong_arrow() -> None:
    assert wrong_arrows("from workflows.case import CaseWorkflow", "domain") == [
        "workflows.case.CaseWorkflow"
    ]
    assert wrong_arrows("import ledger.store", "workflows") == ["ledger.store"]
    assert wrong_arrows("from activities import payments", "workflows") == ["activities.payments"]
    assert wrong_arrows("from activities.append import AppendEvents", "workflows") == []
    assert wrong_arrows("from workflows import case", "client") == ["workflows.case"]
    assert wrong_arrows("def f():\n    import domain.case", "stack") == ["domain.case"]


def test_the_domain_stands_on_the_standard_library_and_pydantic() -> None:
    allowed = sys.stdlib_module_names | OUTSIDE_DOMAIN | {"domain"}
    wrong = {
        path.name: [name for name in imports(path.read_text()) if name.partition(".")[0] not in allowed]
        for path in sources("domain")
    }
    assert {name: found for name, found in wrong.items() if found} == {}


IMPURE = frozenset({"time", "random", "secrets", "uuid", "os", "pathlib", "socket", "asyncio", "threading"})
CLOCKS = frozenset({"now", "utcnow", "today", "uuid4", "open", "print", "input"})


def test_the_domain_has_no_clock_no_chance_and_no_world() -> None:
    for path in sources("domain"):
        source = path.read_text()
        assert not {name.partition(".")[0] for name in imports(source)} & IMPURE, path.name
        called = {
            node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.Call)
        }
        assert not called & CLOCKS, path.name


def test_what_workflows_know_of_activities_does_nothing() -> None:
    for module in NOTHING_TO_RUN:
        source = (ROOT / f"{module.replace('.', '/')}.py").read_text()
        roots = {name.partition(".")[0] for name in imports(source)}
        assert roots <= sys.stdlib_module_names | {"domain", "pydantic", "temporalio", "activities"}, module


def known_files(path: Path) -> set[str]:
    """Return the files of the domain that one of them imports."""
    known = set()
    for name in imports(path.read_text()):
        parts = name.split(".")
        if parts[0] == "domain":
            known.add(parts[1])
    return known


def test_every_file_of_the_domain_has_its_place_in_the_life() -> None:
    assert {path.stem for path in sources("domain")} - {"__init__"} == set(LIFE)


@pytest.mark.parametrize("name", LIFE)
def test_imports_inside_the_domain_run_along_the_life(name: str) -> None:
    earlier = set(LIFE[: LIFE.index(name)])
    assert known_files(ROOT / "domain" / f"{name}.py") <= earlier
