"""Procedural fairness: how easily, by whom and how fast it was decided (rules P1 to P4)."""

from collections.abc import Iterator
from itertools import pairwise

from domain.assignment import DepartmentRefused, TransferOffered
from domain.case import CaseEvent
from domain.contact import ContactLogged
from domain.ending import AnswerGiven
from domain.fairness_clocks import Missed, missed_clocks
from domain.fairness_history import History, Seen, in_order
from domain.finding import Finding, Words, said
from domain.post import PostRemoved, RemovalExplained
from domain.remedy import RemedyProposed
from domain.result import ResultNotified, ResultTold


def hard_to_claim(history: History) -> Iterator[Finding]:
    """P1: before anybody owned the case, more obstacles of one kind than the policy's maximum for that kind.

    Obstacles are tries that the channel rejected, the time from beginning to claim to our receipt, contacts
    that repeat the story, changes of channel, and contacts that ask for proof. What the channel did not
    report is unknown, not zero.
    """
    opened = history.opened
    if opened is None:
        return
    limits, at = history.policy.fairness, opened.event.at
    tries = opened.event.opening.rejected_tries
    if tries is not None and tries > limits.max_rejected_tries:
        what = said(f"접수가 {tries}번 거부되었습니다.", f"the channel rejected {tries} tries")
        yield history.finding("P1", about="rejected tries", proof=(opened.seq,), since=at, what=what)
    began = opened.event.opening.began_at
    if began is not None and opened.event.received_at - began > limits.longest_intake:
        what = said("접수를 마치기까지 너무 오래 걸렸습니다.", "handing the claim in took too long")
        yield history.finding("P1", about="time to claim", proof=(opened.seq,), since=at, what=what)
    yield from _contacts_before_owner(history, opened.seq)


def _contacts_before_owner(history: History, opened: int) -> Iterator[Finding]:
    limits = history.policy.fairness
    before = [each for each in history.of(ContactLogged) if not history.is_owned(each.seq)]
    repeats = [each for each in before if each.event.repeat]
    switches = channel_switches(history, before)
    asked = [each for each in before if each.event.asks_evidence]
    counts = (
        (
            "repeated story",
            (repeats, limits.max_repeats_before),
            said(
                f"담당자가 정해지기 전에 같은 설명을 {len(repeats)}번 되풀이하게 했습니다.",
                f"the customer told the story again {len(repeats)} times before anybody owned the case",
            ),
        ),
        (
            "channel switches",
            (switches, limits.max_channel_switches),
            said(
                f"접수 과정에서 창구를 {len(switches)}번 바꾸게 했습니다.",
                f"the customer had to change channel {len(switches)} times to be heard",
            ),
        ),
        (
            "evidence requests",
            (asked, limits.max_evidence_requests),
            said(
                f"담당자가 정해지기 전에 증빙을 {len(asked)}번 요구했습니다.",
                f"the customer was asked for proof {len(asked)} times before anybody owned the case",
            ),
        ),
    )
    for about, (found, most), what in counts:
        if len(found) > most:
            proof = (opened, *(each.seq for each in found))
            yield history.finding("P1", about=about, proof=proof, since=found[most].event.at, what=what)


def channel_switches(history: History, contacts: list[Seen[ContactLogged]]) -> list[Seen[ContactLogged]]:
    """Return the customer's contacts that came by another channel than the one before."""
    inbound = [each for each in contacts if each.event.direction == "inbound"]
    source = history.opened.event.opening.source if history.opened else None
    channels = [source, *(each.event.channel for each in inbound)]
    return [
        each
        for each, (earlier, channel) in zip(inbound, pairwise(channels), strict=True)
        if earlier is not None and earlier != channel
    ]


def vanished_record(history: History) -> Iterator[Finding]:
    """P2: the history has a gap in its numbers, words in it were erased, or the firm took a public post down.

    A lawful erasure has a record with reason, ground and approver, and what that left is read in its place;
    one without is a finding. So is a post that the firm hid or removed, unless it said why, on which ground
    and who approved it; saying so later puts it right.
    """
    yield from _vanished_post(history)
    for place, entry in enumerate(history.entries):
        before = history.entries[place - 1] if place else None
        expected = before.seq + 1 if before else 1
        if entry.seq != expected:
            yield history.finding(
                "P2",
                about=f"before {entry.seq}",
                proof=(*((before.seq,) if before else ()), entry.seq),
                since=entry.at,
                what=said(
                    f"기록 {expected}번부터 {entry.seq - 1}번까지가 없습니다.",
                    f"events {expected} to {entry.seq - 1} are missing",
                ),
            )
        if entry.event is None:
            what = said(
                f"기록 {entry.seq}번의 내용이 근거 없이 지워졌습니다.",
                f"the words of event {entry.seq} were erased, and no event says why",
            )
            yield history.finding(
                "P2", about=f"event {entry.seq}", proof=(entry.seq,), since=entry.at, what=what
            )


def _vanished_post(history: History) -> Iterator[Finding]:
    """Whatever a board, its author or nobody known took down is no deed of the firm's."""
    gone = [each for each in history.of(PostRemoved) if each.event.by_whom == "firm"]
    explained = next(iter(history.of(RemovalExplained)), None)
    if not gone or (explained is not None and explained.seq < gone[0].seq):
        return
    if explained is None and history.may_lack("removal_explained"):
        return
    first = gone[0]
    yield history.finding(
        "P2",
        about="public post",
        proof=(first.seq,),
        since=first.event.happened,
        what=said(
            "고객의 게시글을 근거를 밝히지 않고 내렸습니다.",
            "the firm took the customer's public post down without saying on which ground",
        ),
        put_right=explained is not None,
    )


def passed_on(history: History) -> Iterator[Finding]:
    """P3: a wait over the limit, too many hand-overs before the first real answer, a story told again.

    Declined hand-overs and refusing departments count; a repeat before anybody owns the case belongs to P1.
    A span without an owner cannot be found: no event takes an owner away.
    """
    limits = history.policy.fairness
    for seq, contact in history.of(ContactLogged):
        if contact.wait_seconds > limits.longest_wait.total_seconds():
            what = said(
                f"고객이 {contact.wait_seconds // 60}분을 기다렸습니다.",
                f"the customer waited {contact.wait_seconds // 60} minutes before somebody spoke",
            )
            about = f"wait in contact {contact.number}"
            yield history.finding("P3", about=about, proof=(seq,), since=contact.at, what=what)
    yield from _handed_on(history)
    repeats = [each for each in history.of(ContactLogged) if each.event.repeat and history.is_owned(each.seq)]
    if len(repeats) > limits.max_repeats:
        yield history.finding(
            "P3",
            about="repeated story",
            proof=(each.seq for each in repeats),
            since=repeats[limits.max_repeats].event.at,
            what=said(
                f"담당자가 있는데도 같은 설명을 {len(repeats)}번 되풀이하게 했습니다.",
                f"the customer told the story again {len(repeats)} times although somebody owned the case",
            ),
        )


def _handed_on(history: History) -> Iterator[Finding]:
    limit = history.policy.fairness.max_transfers
    answered = first_answer(history)
    passes = in_order(history.of(TransferOffered), history.of(DepartmentRefused))
    before = [each for each in passes if answered is None or each.seq < answered.seq]
    if len(before) > limit:
        yield history.finding(
            "P3",
            about="hand-overs",
            proof=(each.seq for each in before),
            since=before[limit].event.at,
            what=said(
                f"첫 실질 답변까지 {len(before)}번 다른 곳으로 넘겼습니다.",
                f"the case was passed on {len(before)} times before the first real answer",
            ),
        )


def first_answer(history: History) -> Seen[CaseEvent] | None:
    """Return the first event by which somebody able dealt with it: a real answer, or a plan."""
    for seen in history.seen:
        event = seen.event
        if isinstance(event, AnswerGiven | RemedyProposed) or (
            isinstance(event, ContactLogged) and event.substantive
        ):
            return seen
    return None


TOO_SLOW: dict[str, Words] = {
    "resolve": said(
        "결과가 정해진 시간 안에 전달되지 않았습니다.", "the result did not reach the customer in time"
    ),
    "next_update": said(
        "정해진 기간 동안 경과를 알리지 않았습니다.", "the customer heard nothing for longer than promised"
    ),
}


def too_slow(history: History) -> Iterator[Finding]:
    """P4: the result was delivered after the limit of its class, allowed waits taken out; or we were silent.

    A suggestion's answer is O4's.
    """
    opened = history.opened
    if history.voc_type == "suggestion" or opened is None:
        return
    for missed in missed_clocks(history, *TOO_SLOW):
        yield history.finding(
            "P4",
            about=f"{missed.name}:{missed.generation}",
            proof=(opened.seq, missed.known),
            since=missed.due,
            clause=missed.clause,
            what=TOO_SLOW[missed.name],
            put_right=_caught_up(history, missed),
        )


def _caught_up(history: History, missed: Missed) -> bool:
    """The customer heard at last: what is left to do is done."""
    told = {each.seq for each in in_order(history.of(ResultNotified), history.of(ResultTold))}
    if missed.name == "next_update":
        updates = history.of(ContactLogged)
        told |= {
            each.seq for each in updates if each.event.substantive and each.event.direction == "outbound"
        }
    return any(seq > missed.known for seq in told)
