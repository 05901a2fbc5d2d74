"""Composition root of the command line: `redress ...`."""

from cli import (
    briefing,
    cases,
    commanding,
    conduct,
    demo,
    drill,
    fairness,
    importing,
    inspect,
    listen,
    offline,
    proving,
    remedies,
    repair,
    running,
    simulate,
    triage,
)
from cli.app import new_app, run_and_leave

app = new_app()
for group in (
    running,
    cases,
    importing,
    commanding,
    inspect,
    briefing,
    listen,
    remedies,
    fairness,
    conduct,
    repair,
    proving,
    drill,
    simulate,
    triage,
    demo,
    offline,
):
    group.register(app)


def main() -> None:
    """Run the command that the arguments name."""
    run_and_leave(app)


if __name__ == "__main__":
    main()
