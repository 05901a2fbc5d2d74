"""Commands that need no stack: the auditor's calculator, the log audit, and the check of policies."""

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

import policies
from cli import explaining
from cli.clock import PriorityTargets, as_table, audit, evaluate
from cli.clock import as_json as audit_json
from cli.output import ExitCode, Json, answer, plain
from cli.policy import check, differences
from domain.policy import Policy, Severity
from domain.refusal import Refused

PRIORITIES: dict[str, Severity] = {
    "1 - Critical": "critical",
    "2 - High": "high",
    "3 - Moderate": "normal",
    "4 - Low": "low",
}
"""How a ticket log names what a policy calls severity."""


def register(app: typer.Typer) -> None:
    """Add the commands."""
    clock = typer.Typer(
        help="Deadlines: an offline calculator, and why a case's are when they are.",
        no_args_is_help=True,
        rich_markup_mode=None,
    )
    clock.command("eval")(clock_eval)
    clock.command("audit")(clock_audit)
    explaining.register(clock)
    app.add_typer(clock, name="clock")
    policy = typer.Typer(help="Policy files.", no_args_is_help=True, rich_markup_mode=None)
    policy.command("check")(policy_check)
    policy.command("diff")(policy_diff)
    app.add_typer(policy, name="policy")


def policy_check(
    file: Annotated[str, typer.Argument(metavar="FILE", help="A YAML file, or a shipped policy's name.")],
    *,
    as_json: Json = False,
) -> None:
    """Say whether a policy can be used; else every problem with its line and field."""
    problems = check(file)
    text = "\n".join(str(problem) for problem in problems) or f"{file} can be used"
    answer({"file": file, "problems": problems}, plain(text), as_json=as_json)
    if problems:
        raise typer.Exit(ExitCode.REFUSED)


def policy_diff(
    before: Annotated[str, typer.Argument(metavar="A", help="A YAML file, or a shipped policy's name.")],
    after: Annotated[str, typer.Argument(metavar="B", help="As A.")],
    *,
    as_json: Json = False,
) -> None:
    """Say in words what changes from one policy to another."""
    found = differences(before, after)
    text = "\n".join(str(each) for each in found) or "nothing changes"
    answer(found, plain(text), as_json=as_json)


def clock_eval(*, as_json: Json = False) -> None:  # noqa: ARG001 - the answers are JSON either way
    """Answer each JSON line of standard input with one line; a line that cannot be answered gets an error."""
    for line in evaluate(sys.stdin):
        sys.stdout.write(f"{line}\n")
        sys.stdout.flush()


def clock_audit(
    log: Annotated[Path, typer.Argument(metavar="FILE", help="The log, as CSV.")],
    policy: Annotated[str, typer.Option(help="A shipped policy's name or a YAML file.")] = "retail-kr",
    year_from: Annotated[
        int | None, typer.Option(help="First year of holidays; the log's first year without it.")
    ] = None,
    *,
    as_json: Json = False,
) -> None:
    """Measure what a ticket log's response and resolve times were, in the policy's working time."""
    try:
        pinned = policies.load(policy, year_from=year_from or _first_year(log))
        report = audit(log, pinned.calendar, _targets(pinned))
    except OSError as error:
        raise Refused(f"{log}: cannot be read: {error.strerror}", code="file") from None
    except ValueError as error:
        raise Refused(str(error), code="invalid") from None
    answer(json.loads(audit_json(report)), as_table(report), as_json=as_json)


def _first_year(log: Path) -> int:
    """Return the year before the first that the log names (opened_at is DD-MM-YYYY)."""
    with log.open(encoding="utf-8-sig", errors="replace") as file:
        header = next(file, "").rstrip("\n").split(",")
        if "opened_at" not in header:
            return datetime.now(UTC).year - 1
        place = header.index("opened_at")
        fields = (line.split(",") for line in file)
        years = (each[place][6:10] for each in fields if len(each) > place)
        return min((int(year) for year in years if year.isdigit()), default=datetime.now(UTC).year)


def _targets(policy: Policy) -> dict[str, PriorityTargets]:
    """Return what the policy promises for complaints of each priority."""
    found = {}
    for priority, severity in PRIORITIES.items():
        respond = policy.target("first_response", "complaint", severity)
        resolve = policy.target("resolve", "complaint", severity)
        found[priority] = PriorityTargets(
            respond=respond.budget if respond else None, resolve=resolve.budget if resolve else None
        )
    return found
