"""Composition root of the command line: `redress ...`."""

from cli import (
    absence,
    briefing,
    cases,
    commanding,
    conduct,
    demo,
    drill,
    fairness,
    figures,
    importing,
    improvements,
    inspect,
    listen,
    offline,
    proving,
    queue,
    redacting,
    remedies,
    repair,
    running,
    scores,
    signals,
    simulate,
    triage,
)
from cli.app import new_app, run_and_leave

app = new_app()
for group in (
    running,
    cases,
    queue,
    importing,
    commanding,
    absence,
    inspect,
    improvements,
    briefing,
    listen,
    remedies,
    fairness,
    figures,
    scores,
    conduct,
    repair,
    proving,
    redacting,
    drill,
    signals,
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
