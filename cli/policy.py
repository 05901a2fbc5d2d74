"""`redress policy`: what is wrong with a policy file, and in words what changes from one to another."""

from collections.abc import Mapping, Sequence
from itertools import chain
from pathlib import Path

from cli.policy_rules import SEVERITIES, Subject, scope_of
from cli.policy_words import in_words
from domain.policy import Policy
from domain.record import Record
from policies import PolicyError, Problem, load, path_of, unpublishable, wordings

YEARS = 12
"""Years of holidays compared, so that a change of the package `holidays` shows as well."""

FEW = 8
"""Things named in one sentence."""


class Difference(Record):
    """One thing on which two policies differ.

    Attributes:
        about: The thing, for example `target resolve`.
        which: Where several things changed in the same way, all of them: `complaint/high`.
        before: What the first policy says; None where it says nothing.
        after: What the second policy says; None where it says nothing.
    """

    about: str
    which: tuple[str, ...]
    before: str | None
    after: str | None

    def __str__(self) -> str:
        subject = f"{self.about} {_few(shortened(self.which))}".rstrip()
        if self.before is None:
            return f"{subject}: new: {self.after}"
        if self.after is None:
            return f"{subject}: no longer: {self.before}"
        return f'{subject}: was "{self.before}", becomes "{self.after}"'


def shortened(which: Sequence[str]) -> list[str]:
    """Write `inquiry` where all severities of inquiries changed alike."""
    whole = {each.rpartition("/")[0] for each in which}
    whole = {voc for voc in whole if all(f"{voc}/{severity}" in which for severity in SEVERITIES)}
    names = (voc if (voc := each.rpartition("/")[0]) in whole else each for each in which)
    return [*dict.fromkeys(names)]


def _few(names: Sequence[str]) -> str:
    """Name the first few; `--json` has them all."""
    more = len(names) - FEW
    return ", ".join(names[:FEW]) + (f" and {more} more" if more > 0 else "")


def check(path: str | Path) -> list[Problem]:
    """Return every problem of a policy file, or of a shipped policy by name; none if it can be used."""
    try:
        load(str(path))
    except PolicyError as error:
        return [*error.problems]
    return unpublishable(path_of(str(path)))


def explain_difference(a: str | Path, b: str | Path) -> list[str]:
    """Return what changes from policy `a` to policy `b`, one sentence each; empty if nothing does.

    Raises:
        PolicyError: One of them cannot be used.
    """
    return [str(each) for each in differences(a, b)]


def differences(a: str | Path, b: str | Path, *, year_from: int | None = None) -> tuple[Difference, ...]:
    """Compare two policies by what they mean: moving an entry without effect is no difference.

    Args:
        a: Name or path of the first.
        b: Name or path of the second.
        year_from: First year whose holidays are compared; without it, last year.

    Raises:
        PolicyError: One of them cannot be used.
    """
    before, after = (load(str(each), year_from=year_from, years=YEARS) for each in (a, b))
    known = wordings(*(path_of(str(each)).parent for each in (a, b)))
    scope = scope_of(before, after)
    old, new = (in_words(each, scope, known.get(each.wording_hash)) for each in (before, after))
    return (*_version_forgotten(before, after), *_grouped(old, new))


def _version_forgotten(before: Policy, after: Policy) -> tuple[Difference, ...]:
    """Two contents under one name and version cannot be told apart by people."""
    same = (before.name, before.version) == (after.name, after.version)
    if not same or before.hash == after.hash:
        return ()
    still = f"{before.name} {before.version}"
    return (
        Difference(about="version", which=(), before=still, after=f"{still} although its content differs"),
    )


def _grouped(old: Mapping[Subject, str], new: Mapping[Subject, str]) -> tuple[Difference, ...]:
    groups: dict[tuple[str, str | None, str | None], list[str]] = {}
    for subject in dict.fromkeys(chain(old, new)):
        before, after = old.get(subject), new.get(subject)
        if before != after:
            groups.setdefault((subject.heading, before, after), []).append(subject.detail)
    return tuple(
        Difference(about=about, which=tuple(filter(None, which)), before=before, after=after)
        for (about, before, after), which in groups.items()
    )
