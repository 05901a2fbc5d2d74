"""I5: whoever answers has read whom they answer, and passes over nothing that is known of them."""

from collections.abc import Iterator

from domain.actor import Role
from domain.contact import ContactLogged
from domain.fairness_history import History, in_order
from domain.finding import Finding, said
from domain.intake import CustomerRead, CustomerUnknown
from domain.promise import PromiseBroken
from domain.regard import BriefOpened
from domain.remedy import RemedyProposed


def unread_profile(history: History) -> Iterator[Finding]:
    """I5: a real answer or a plan before the customer's profile was read, or a plan that passes over it.

    An automatic acknowledgement is no real answer; a profile that the CRM could not give was asked for. A
    plan passes over an earlier failure or a broken promise when it holds no gesture for it. Accessibility
    needs are not judged: the snapshot has none; the preferred channel is used by the engine itself.
    """
    asked = in_order(history.of(CustomerRead), history.of(CustomerUnknown))
    read = asked[0].seq if asked else None
    judged = () if history.may_lack("customer_read", "customer_unknown") else history.seen
    for seq, event in judged:
        spoke = isinstance(event, ContactLogged) and event.substantive
        if (spoke or isinstance(event, RemedyProposed)) and (read is None or seq < read):
            yield history.finding(
                "I5",
                about="profile",
                proof=(seq, *((read,) if read else ())),
                since=event.at,
                what=said(
                    "고객 정보를 확인하기 전에 답하거나 방안을 제시했습니다.",
                    "answered or proposed before the customer's profile was consulted",
                ),
                put_right=read is not None,
            )
            break
    yield from _unread_brief(history)
    yield from _passed_over(history)


def _unread_brief(history: History) -> Iterator[Finding]:
    """Whoever gives the first real answer, or proposes first, has read the brief before (where asked for)."""
    rules = history.policy.profile
    if rules is None or not rules.read_first or history.may_lack("brief_opened"):
        return
    for seq, event in history.seen:
        spoke = isinstance(event, ContactLogged) and event.substantive
        if not (spoke or isinstance(event, RemedyProposed)) or event.by.role is Role.SYSTEM:
            continue
        read = [each.seq for each in history.of(BriefOpened) if each.event.by.id == event.by.id]
        if not any(each < seq for each in read):
            yield history.finding(
                "I5",
                about="brief",
                proof=(seq, *read[:1]),
                since=event.at,
                what=said(
                    "고객 정보와 이력을 읽지 않고 답하거나 방안을 제시했습니다.",
                    "answered or proposed by somebody who had not read the case's brief",
                ),
                put_right=bool(read),
            )
        return


def _passed_over(history: History) -> Iterator[Finding]:
    for offer in history.offers:
        facts = [seq for seq in _past_failures(history) if seq < offer.proposed.seq]
        if facts and not offer.proposed.event.plan.gestures:
            later = [each for each in history.offers if each.reached > offer.reached]
            yield history.finding(
                "I5",
                about=f"plan {offer.proposed.event.number}",
                proof=(*facts, offer.proposed.seq),
                since=offer.at,
                what=said(
                    "앞선 실패나 어긴 약속을 인정하지 않는 방안을 제시했습니다.",
                    "a plan passed over an earlier failure or a broken promise",
                ),
                put_right=any(each.proposed.event.plan.gestures for each in later),
            )


def _past_failures(history: History) -> Iterator[int]:
    for seq, event in history.seen:
        failed = isinstance(event, CustomerRead) and event.snapshot.earlier_failures > 0
        if failed or isinstance(event, PromiseBroken):
            yield seq
