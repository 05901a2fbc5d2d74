"""Interactional fairness: how the customer was spoken to and taken seriously (I1 to I4, R4 and S1)."""

import re
from collections.abc import Iterator
from datetime import datetime
from itertools import chain

from domain.contact import ContactLogged, ended_lawfully
from domain.ending import AnswerNotified
from domain.evidence import EvidenceRecorded
from domain.fairness_history import History, Seen, in_order
from domain.finding import Finding, Words, said
from domain.happy_call import HappyCallAnswered, ScoreSolicited
from domain.intake import AddedToCase, CaseOpened
from domain.policy import SPOKEN
from domain.remedy import OfferNoticeSent, RemedyDone, RemedyProposed
from domain.result import ResultNotified, ResultRegistered, ResultTold
from domain.suggestion import suggest
from domain.supervisor import (
    SupervisorMet,
    SupervisorRequested,
    SupervisorRequestWithdrawn,
)

WORD = re.compile(r"\w{2,}")
AMOUNT = re.compile(r"\d")


def cold_courtesy(history: History) -> Iterator[Finding]:
    """I1: a happy call with courtesy high and empathy low; or a result in words that fit any case.

    Both cut-offs are inclusive and hold per call; an answer that is missing is neither high nor low. The
    policy's questions need `courtesy` and `empathy` for it. A result's words fit any case where they name
    neither an amount, the product, what the customer stated, nor the kind of any harm.
    """
    limits = history.policy.fairness
    for seq, call in history.of(HappyCallAnswered):
        courtesy, empathy = call.answers.get("courtesy"), call.answers.get("empathy")
        if courtesy is None or empathy is None:
            continue
        if courtesy >= limits.courtesy_high and empathy <= limits.empathy_low:
            yield history.finding(
                "I1",
                about=f"call {call.reference}",
                proof=(seq,),
                since=call.at,
                what=said(
                    "고객은 응대가 친절하지만 마음이 느껴지지 않았다고 답했습니다.",
                    "the customer found us courteous, and cold",
                ),
            )
    yield from _bare_results(history)


def _bare_results(history: History) -> Iterator[Finding]:
    for result in history.of(ResultRegistered):
        told = [each for each in _told(history) if each.seq > result.seq]
        if told and not refers_to_harm(history, result.event.summary, result.seq):
            later = [each for each in history.of(ResultRegistered) if each.seq > result.seq]
            yield history.finding(
                "I1",
                about=f"result {result.event.number}",
                proof=(result.seq, told[0].seq),
                since=told[0].event.at,
                what=said(
                    "결과 안내에 이 고객이 겪은 일이 담겨 있지 않습니다.",
                    "the result's words would fit any case: they name nothing of this customer's harm",
                ),
                put_right=any(refers_to_harm(history, each.event.summary, each.seq) for each in later),
            )


def _told(history: History) -> tuple[Seen[ResultNotified | ResultTold], ...]:
    return in_order(history.of(ResultNotified), history.of(ResultTold))


def refers_to_harm(history: History, text: str, seq: int) -> bool:
    """Say whether a text names anything of what this customer had stated by then."""
    harms = [each.event for each in history.harms if each.seq < seq]
    kinds = history.policy.fairness.refers_to
    own = chain.from_iterable(WORD.findall(harm.stated) for harm in harms)
    words = chain(own, *(kinds.get(harm.harm, ()) for harm in harms), (history.product or "",))
    lower = text.lower()
    return bool(AMOUNT.search(text)) or any(word and word.lower() in lower for word in words)


def jargon_and_blame(history: History) -> Iterator[Finding]:
    """I2: a word of the jargon list without its plain form; or the customer blamed without evidence before.

    Evidence is what staff recorded as such, an inspection that found the goods not as claimed, or the
    customer's own words as the policy's rules read them; what comes after the claim does not heal it.
    """
    for seq, text, at in _texts(history):
        words = [
            word
            for word, plain in history.policy.plain_words.items()
            if _has(text, word) and plain not in text
        ]
        if words:
            yield history.finding(
                "I2",
                about=f"words of {seq}",
                proof=(seq,),
                since=at,
                what=said(
                    f"쉬운 말 없이 전문용어를 썼습니다: {', '.join(words)}",
                    f"jargon without its plain words: {', '.join(words)}",
                ),
            )
    yield from _blame(history)


def _texts(history: History) -> Iterator[tuple[int, str, datetime]]:
    for seq, event in history.seen:
        if isinstance(event, OfferNoticeSent | ResultNotified | AnswerNotified):
            yield seq, event.text, event.at


def _has(text: str, word: str) -> bool:
    pattern = rf"\b{re.escape(word)}\b" if word.isascii() else re.escape(word)
    return re.search(pattern, text) is not None


def _blame(history: History) -> Iterator[Finding]:
    blames = history.policy.fairness.blames
    claim = next((each for each in history.causes if each.event.cause in blames), None)
    if claim is None or history.may_lack("case_opened", "added_to_case", "saga_parked"):
        return
    if any(seq < claim.seq for seq in _evidence(history)):
        return
    yield history.finding(
        "I2",
        about=f"cause {claim.event.cause}",
        proof=(claim.seq,),
        since=claim.event.at,
        what=said(
            "앞선 근거 없이 고객의 잘못으로 판단했습니다.",
            "put down to the customer with no evidence before it",
        ),
        put_right=history.cause not in blames,
    )


def _evidence(history: History) -> Iterator[int]:
    for seq, event in history.seen:
        if isinstance(event, EvidenceRecorded):
            yield seq
        if event.kind == "saga_parked" and event.step == "inspect" and "not_as_claimed" in event.reason:
            yield seq
    for seq, text in _written(history):
        if suggest(history.policy, text).cause in history.policy.fairness.blames:
            yield seq


def _written(history: History) -> Iterator[tuple[int, str]]:
    """Yield the customer's own words."""
    for seq, event in history.seen:
        if isinstance(event, CaseOpened) and not event.opening.composed:
            yield seq, event.opening.text
        elif isinstance(event, AddedToCase) and event.by.role == "customer":
            yield seq, event.text


def anger_for_anger(history: History) -> Iterator[Finding]:
    """I3: a hostile tone of ours, or a call that we cut off, once the customer's emotion was high.

    Emotion is what a contact noted, else what the rules read in the customer's words, until a contact notes
    that they are calm. Ending an abusive call after a warning, with a reason and a named supervisor who takes
    over, is lawful protection of staff and no finding (domain.md 12).
    """
    heated = _heated_words(history)
    for seq, contact in history.of(ContactLogged):
        if contact.emotion is not None:
            heated = (seq,) if contact.emotion == "high" else ()
        before = [each for each in heated if each <= seq]
        cut_off = contact.ended_by_staff is not None and not ended_lawfully(
            history.policy, contact.ended_by_staff
        )
        if before and (contact.tone == "hostile" or cut_off):
            yield history.finding(
                "I3",
                about=f"contact {contact.number}",
                proof=(before[-1], seq),
                since=contact.at,
                what=_CUT_OFF if contact.tone != "hostile" else _HOSTILE,
            )


_CUT_OFF = said(
    "격앙된 고객과의 통화를 경고나 인계 없이 끊었습니다.",
    "a call with an upset customer was cut off without warning and taking over",
)
_HOSTILE = said("격앙된 고객에게 똑같이 화를 냈습니다.", "an upset customer was met with hostility")


def _heated_words(history: History) -> tuple[int, ...]:
    return tuple(seq for seq, text in _written(history) if suggest(history.policy, text).emotion == "high")


def ignored_request(history: History) -> Iterator[Finding]:
    """I4: no meeting with a supervisor by the due instant, or a result by staff while the request stands.

    A meeting is held when the contact that proves it took place, and only by a supervisor in person. A late
    meeting keeps the finding; accepting an offer ends no request; the customer's withdrawal in time does.
    """
    if history.may_lack("supervisor_met", "supervisor_request_withdrawn", "contact_logged"):
        return
    for request in history.of(SupervisorRequested):
        closed = _answers_to(history, request.event.number)
        yield from _missed_meeting(history, request, closed)
        for result in history.of(ResultRegistered):
            stands = not any(each.seq < result.seq for each in closed)
            if request.seq < result.seq and stands and not history.policy.leads(result.event.by.id):
                yield history.finding(
                    "I4",
                    about=f"result {result.event.number} during request {request.event.number}",
                    proof=(request.seq, result.seq),
                    since=result.event.at,
                    what=said(
                        "상급자 면담 요청이 남아 있는데 담당자가 스스로 결과를 등록했습니다.",
                        "a result was registered by staff while the request for a supervisor stood",
                    ),
                    put_right=bool(closed),
                )
                break


Answer = Seen[SupervisorMet] | Seen[SupervisorRequestWithdrawn]


def _answers_to(history: History, number: int) -> tuple[Answer, ...]:
    met = (each for each in history.of(SupervisorMet) if _held(history, each.event) is not None)
    every: tuple[Answer, ...] = (*met, *history.of(SupervisorRequestWithdrawn))
    return tuple(each for each in every if each.event.number == number)


def _held(history: History, met: SupervisorMet) -> datetime | None:
    """Return when a supervisor met the customer; None where the contact proves no such thing."""
    for _, contact in history.of(ContactLogged):
        if contact.number == met.contact and contact.reached:
            return contact.happened if history.policy.leads(contact.by.id) else None
    return None


def _missed_meeting(
    history: History, request: Seen[SupervisorRequested], closed: tuple[Answer, ...]
) -> Iterator[Finding]:
    due = request.event.falls_due
    if due is None or history.at <= due or any(_in_time(history, each, due) for each in closed):
        return
    if _was_over(history, due):
        return
    yield history.finding(
        "I4",
        about=f"request {request.event.number}",
        proof=(request.seq, *(each.seq for each in closed)),
        since=due,
        what=said(
            "상급자가 정해진 시간 안에 고객을 만나지 않았습니다.",
            "no supervisor met the customer by the due time",
        ),
        put_right=bool(closed),
    )


def _in_time(history: History, closed: Answer, due: datetime) -> bool:
    event = closed.event
    when = _held(history, event) if isinstance(event, SupervisorMet) else event.at
    return when is not None and when <= due


def _was_over(history: History, due: datetime) -> bool:
    """Nobody is owed a meeting in a case that the customer took back before it fell due."""
    return (
        history.ended is not None and history.ended.event.end == "withdrawn" and history.ended.event.at <= due
    )


def neither_sorry_nor_why(history: History) -> Iterator[Finding]:
    """R4: a complaint whose result is told, or which ended, and in which nobody ever apologised or explained.

    Either is enough: in a contact of ours, in the words of an offer, a result or an answer, or as a remedy
    that was carried out. The automatic acknowledgement does not count, nor does a complaint taken back.
    """
    told = _told(history)
    ended = history.ended if history.ended and history.ended.event.end != "withdrawn" else None
    judged = told[0] if told else ended
    if history.voc_type != "complaint" or judged is None or history.may_lack(*_HOLD_WORDS):
        return
    held = tuple(_held_words(history))
    if any(seq <= judged.seq for seq in held):
        return
    ours = [seq for seq, contact in history.of(ContactLogged) if contact.direction == "outbound"]
    yield history.finding(
        "R4",
        about="words",
        proof=(*(seq for seq in ours if seq < judged.seq), judged.seq),
        since=judged.event.at,
        what=_NO_WORDS,
        put_right=bool(held),
    )


def solicited_score(history: History) -> Iterator[Finding]:
    """S1: the customer says that somebody asked them for a good score; the caller asks everybody about it."""
    for seq, event in history.of(ScoreSolicited):
        asked = [
            call.seq for call in history.of(HappyCallAnswered) if call.event.reference == event.reference
        ]
        yield history.finding(
            "S1",
            about=f"answer {event.reference}",
            proof=(*asked[-1:], seq),
            since=event.at,
            what=said(
                "누군가 고객에게 좋은 점수를 부탁했습니다.", "somebody asked the customer for a good score"
            ),
        )


_HOLD_WORDS = (
    *("contact_logged", "offer_notice_sent", "result_notified", "answer_notified"),
    *("remedy_proposed", "remedy_done"),
)
_NO_WORDS: Words = said(
    "결과를 알릴 때까지 사과도 설명도 한 번도 하지 않았습니다.",
    "up to the result nobody ever apologised or explained",
)


def _held_words(history: History) -> Iterator[int]:
    for seq, contact in history.of(ContactLogged):
        if contact.direction == "outbound" and contact.reached and (contact.apology or contact.explanation):
            yield seq
    for seq, text, _ in _texts(history):
        if any(word in text.lower() for word in history.policy.fairness.apologies):
            yield seq
    plans = {each.event.hash: each.event.plan for each in history.of(RemedyProposed)}
    for seq, done in history.of(RemedyDone):
        plan = plans.get(done.hash)
        if plan and any(each.remedy in SPOKEN for each in plan.decisions):
            yield seq
