"""The words of an offer, of its reminder and of a late approval."""

from domain import said
from domain.effect import Effect
from domain.favourite import favourites
from domain.notice import Post
from domain.plan import Before, offered, quoted, sent_instead, sum_of
from domain.points import told
from domain.policy import Language, Policy
from domain.remedy_state import Proposal, Remedy


def says_late(remedy: Remedy, before: Before, key: str) -> dict[str, str]:
    """Say what is late, and since when."""
    language = before.intake.language
    since = dict(remedy.late_since).get(key)
    late = {"late": said.late("approval", language)}
    return late if since is None else {**late, "since": said.day(since, before.policy, language)}


def offer_words(remedy: Remedy, before: Before, post: Post) -> tuple[Effect, ...]:
    """Return the words of the offer or of its reminder where they have not gone out."""
    proposal = remedy.proposal
    if proposal is None or proposal.words_waiting is None or proposal.state != "offered":
        return ()
    if proposal.words_from is not None:
        return ()
    template = "offer_reminder" if proposal.words_waiting.startswith("offer-reminder") else "offer"
    return (post.notice(proposal.words_waiting, template, _says(proposal, before)),)


def _says(proposal: Proposal, before: Before) -> dict[str, str]:
    """Say what is offered, for which harm, by which clause, and until when an answer is awaited."""
    policy, language, plan = before.policy, before.intake.language, proposal.plan
    until = said.day(proposal.offer_due, policy, language) if proposal.offer_due else ""
    return {
        "offer": in_words(proposal, language, policy, favourites(before.intake.customer)),
        "remedies": said.decided(before, plan.decisions, language),
        "clauses": said.clauses(policy, (each.clause for each in plan.decisions), language),
        "until": until,
    }


def in_words(
    proposal: Proposal, language: Language, policy: Policy | None = None, prefers: tuple[str, ...] = ()
) -> str:
    """Say what a plan gives, for the customer; points as points where the policy has a rate for them."""
    words = offered(proposal.plan, language, currency=proposal.total.currency, prefers=prefers)
    words += sent_instead(proposal.plan, language) + quoted(proposal.plan, language)
    sums = []
    if proposal.total.minor:
        sums.append(f"환불 금액 {proposal.total}" if language == "ko" else f"refund of {proposal.total}")
    points = sum_of(proposal.plan, ("points",), proposal.total.currency)
    if policy is not None and policy.point_worth is not None and points.minor:
        sums.append(told(points, policy, language))
    given = ", ".join(sums)
    return f"{words} ({given})" if words and given else words or given
