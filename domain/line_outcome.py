"""What became of each harm line, for a final position: given, refused, or offered in vain (R2)."""

from typing import Literal

from domain.money import Money
from domain.plan import Before, LineDecision
from domain.policy import Language, Policy, RemedyKind
from domain.record import Line, Record
from domain.refusal import Refused
from domain.remedy import ProposalState, Remedy

CameOf = Literal["given", "refused", "declined", "expired", "failed", "earlier_round"]


class LineRefusal(Record):
    """A reasoned refusal of a harm line that no proposal has decided."""

    harm_line: Line
    clause: Line
    reason: Line


class LineOutcome(Record):
    """What became of one harm line."""

    harm_line: Line
    came_of: CameOf
    remedy: RemedyKind
    amount: Money | None = None
    clause: Line | None = None
    reason: Line | None = None


def outcomes(before: Before, remedy: Remedy, refusals: tuple[LineRefusal, ...]) -> tuple[LineOutcome, ...]:
    """Return what became of every harm line.

    Raises:
        Refused: naming the line that nothing decides, or what is wrong with a refusal.
    """
    lines = [line.id for line in before.triage.harm_lines]
    clauses = {clause.id for clause in before.policy.clauses}
    for place, each in enumerate(refusals):
        if each.harm_line not in lines:
            raise Refused(f"refusals[{place}].harm_line: use one of {', '.join(lines)}", code="harm-lines")
        if each.clause not in clauses:
            raise Refused(
                f"refusals[{place}].clause: this policy has no {each.clause}; name one that it has",
                code="clause",
            )
    decided = _decided(remedy) | {each.harm_line: _refused(each) for each in refusals}
    for line in lines:
        if line not in decided:
            raise Refused(
                f"refusals: nothing decides the harm line {line}: propose a remedy, or give its clause",
                code="undecided",
            )
    return tuple(decided[line] for line in lines)


IN_VAIN: dict[ProposalState, CameOf] = {"declined": "declined", "expired": "expired", "compensated": "failed"}
"""Ends of a proposal that the customer has seen, and that gave nothing."""


def _decided(remedy: Remedy) -> dict[str, LineOutcome]:
    """Return what proposals decided: what was carried out counts before what was offered in vain."""
    found = {each.harm_line: _outcome(each, "earlier_round") for each in remedy.earlier}
    proposal = remedy.proposal
    if proposal is not None and proposal.state in IN_VAIN:
        how = IN_VAIN[proposal.state]
        found |= {each.harm_line: _outcome(each, how) for each in proposal.plan.decisions}
    return found | {each.harm_line: _outcome(each, "given") for each in remedy.done}


def _outcome(decision: LineDecision, came_of: CameOf) -> LineOutcome:
    return LineOutcome(
        harm_line=decision.harm_line,
        came_of="refused" if decision.remedy == "refusal" else came_of,
        remedy=decision.remedy,
        amount=decision.amount,
        clause=decision.clause,
        reason=decision.reason,
    )


def _refused(refusal: LineRefusal) -> LineOutcome:
    return LineOutcome(came_of="refused", remedy="refusal", **refusal.model_dump())


SAID: dict[CameOf, dict[Language, str]] = {
    "given": {"ko": "처리해 드렸습니다", "en": "was put right"},
    "refused": {"ko": "받아들이지 못합니다", "en": "is refused"},
    "declined": {"ko": "제안드렸으나 거절하셨습니다", "en": "was offered and declined"},
    "expired": {"ko": "제안드렸으나 답이 없으셨습니다", "en": "was offered and not answered"},
    "failed": {"ko": "합의했으나 이행하지 못했습니다", "en": "was agreed and could not be carried out"},
    "earlier_round": {"ko": "앞서 제안드리거나 처리해 드렸습니다", "en": "was offered or given before"},
}


def in_words(found: tuple[LineOutcome, ...], policy: Policy, language: Language) -> str:
    """Return a line for each harm: what became of it, with the clause in plain words where it is refused."""
    plain = {clause.id: clause.plain.get(language, clause.id) for clause in policy.clauses}
    return "\n".join(_line(each, plain, language) for each in found)


def _line(each: LineOutcome, plain: dict[str, str], language: Language) -> str:
    given = "" if each.remedy == "refusal" else f" {each.remedy}"
    worth = f" {each.amount}" if each.amount is not None else ""
    because = ", ".join(filter(None, (each.reason, plain.get(each.clause or "") if not given else None)))
    said = f"- {each.harm_line}:{given}{worth} {SAID[each.came_of][language]}"
    return f"{said} ({because})" if because else said
