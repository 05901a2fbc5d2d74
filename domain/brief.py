"""The agent brief: what somebody has to know of a customer before they say a word (R66, R91, R107).

A pure reading of the case and of what was pinned in it; nothing is asked while it is read. What lies in other
cases is as the snapshot found it.
"""

from collections.abc import Iterator
from datetime import date

from domain.actor import Role
from domain.case import Case, opened
from domain.effect import OtherCase
from domain.favourite import favourites
from domain.heat_view import UpsetView, upset_view
from domain.intake import channels
from domain.money import Money
from domain.policy import Language
from domain.prepared import fitting
from domain.record import Instant, Line, Record, Text
from domain.regard import Known, facts, profile
from domain.treatment import Applied, parts, value_of


class BriefPromise(Record):
    """A promise that is still open; `earlier` where it was made in another case."""

    case_id: Line
    number: int
    by: Line
    due: Instant
    what: Text
    earlier: bool


class AuthorityLeft(Record):
    """What a role may still decide alone in this case; None: the policy adds nothing up."""

    role: Role
    at_once: Money
    in_this_case: Money


class Clauses(Record):
    """A clause that applies, in the customer's words."""

    id: Line
    plain: dict[Language, Line]


class Brief(Record):
    """Everything that one query gives whoever takes the case in hand.

    Attributes:
        profile: how far the customer is known; `unknown` while the CRM is down.
        as_of: when the snapshot was taken.
        acknowledge: what a proposal has to name.
        value: the parts of the customer's value that the CRM gave; `at_risk` is their sum.
        told: what the customer has told already and is not asked again.
        prepared: ids of prepared answers to what this customer asks.
        upset: who calls an upset customer back, and when; None where nobody is upset.
        meets: contact with other customers that was encouraged and rests while this case is open (R133).
    """

    case_id: Line
    profile: Known
    customer: Line | None
    tier: Line
    relation: Line | None
    language: Language
    channels: tuple[Line, ...]
    consent_to_calls: bool
    needs: tuple[Line, ...]
    prefers: tuple[Line, ...]
    treatment: Applied | None
    clauses: tuple[Clauses, ...]
    earlier_failure: date | None
    cases: tuple[OtherCase, ...] | None
    promises: tuple[BriefPromise, ...]
    authority: tuple[AuthorityLeft, ...]
    remedies: tuple[Line, ...]
    told: dict[Line, Text]
    value: dict[Line, Money]
    at_risk: Money | None
    acknowledge: tuple[Line, ...]
    prepared: tuple[Line, ...] = ()
    upset: UpsetView | None = None
    meets: tuple[Line, ...] = ()


def brief(case: Case) -> Brief:
    """Return the brief of a case."""
    intake, policy, applied = opened(case), case.policy, case.treatment.applied
    customer = intake.customer
    known = customer.value if customer else None
    names = applied.clauses if applied else ()
    return Brief(
        case_id=case.id,
        profile=profile(intake),
        customer=customer.customer_id if customer else intake.opening.contact.customer_id,
        tier=customer.tier if customer else "none",
        relation=intake.relation,
        language=intake.language,
        channels=channels(intake),
        consent_to_calls=customer.consent_to_calls if customer else True,
        needs=customer.access if customer else (),
        prefers=favourites(customer),
        treatment=applied,
        clauses=tuple(Clauses(id=each.id, plain=each.plain) for each in policy.clauses if each.id in names),
        earlier_failure=applied.failed_on if applied else None,
        cases=customer.cases if customer else None,
        promises=tuple(_promises(case)),
        authority=tuple(_authority(case)),
        remedies=policy.remedies,
        told=dict(_told(case)),
        value=dict(parts(known, policy.currency)) if known else {},
        at_risk=value_of(known, policy.currency),
        acknowledge=facts(intake, case.promises),
        prepared=tuple(each.id for each in fitting(policy, intake.opening.text)),
        upset=upset_view(case),
        meets=customer.meets if customer and case.ending.end is None else (),
    )


def _promises(case: Case) -> Iterator[BriefPromise]:
    """Yield open promises, those of earlier cases first: who made them has been waited for longest."""
    customer = opened(case).customer
    for other in (customer.cases or ()) if customer else ():
        for each in other.promises:
            yield BriefPromise(
                case_id=other.case_id,
                number=each.number,
                by=each.by,
                due=each.due,
                what=each.what,
                earlier=True,
            )
    for own in case.promises.made:
        if own.state == "open":
            yield BriefPromise(
                case_id=case.id, number=own.number, by=own.by, due=own.due, what=own.what, earlier=False
            )


def _authority(case: Case) -> Iterator[AuthorityLeft]:
    """Yield what each role may decide alone; what a person used elsewhere is known to the ledger only."""
    for role, limit in case.policy.authority.items():
        totals = case.policy.authority_totals.get(role)
        left = limit.minor if totals is None else max(0, totals.case.minor - case.remedy.given)
        amount = Money(minor=left, currency=limit.currency)
        yield AuthorityLeft(role=role, at_once=amount if left < limit.minor else limit, in_this_case=amount)


def _told(case: Case) -> Iterator[tuple[str, str]]:
    """Yield what the case knows already, under the name of what somebody might ask for."""
    intake, triage = opened(case), case.triage
    contact = intake.opening.contact
    reached = [name for name in ("phone", "email") if getattr(contact, name)]
    order = intake.order.order_id if intake.order else intake.opening.order_id
    known = {
        "words": intake.opening.text,
        "product": triage.product,
        "order": order,
        "cause": triage.cause,
        "harms": ", ".join(line.harm for line in triage.harm_lines),
        "wants": triage.wants,
        "wishes": "; ".join(wish.wish for wish in case.wishes.made),
        "contact": ", ".join(reached),
        "emotion": case.contacts.emotion or triage.emotion,
    }
    for name, value in known.items():
        if value:
            yield name, value


LABELS: dict[str, dict[Language, str]] = {
    "upset": {"ko": "격앙된 고객", "en": "upset customer"},
    "profile": {"ko": "고객 정보", "en": "profile"},
    "relation": {"ko": "관계 단계", "en": "relationship"},
    "manner": {"ko": "응대 방식", "en": "manner"},
    "needs": {"ko": "필요한 배려", "en": "needs"},
    "treatment": {"ko": "적용된 정책", "en": "policy adds"},
    "earlier_failure": {"ko": "이전 불편", "en": "failed before on"},
    "cases": {"ko": "다른 접수 건", "en": "other cases"},
    "promises": {"ko": "지키지 않은 약속", "en": "open promises"},
    "authority": {"ko": "남은 권한", "en": "authority left"},
    "remedies": {"ko": "제안할 수 있는 것", "en": "allowed remedies"},
    "told": {"ko": "다시 묻지 않을 것", "en": "do not ask again"},
    "value": {"ko": "고객 가치", "en": "value at risk"},
    "acknowledge": {"ko": "제안에 밝힐 것", "en": "acknowledge in the plan"},
    "prepared": {"ko": "준비된 답", "en": "prepared answers"},
    "meets": {"ko": "다른 고객과의 만남", "en": "contact with other customers"},
}
"""What each part of the brief is called."""

PROFILES: dict[Known, dict[Language, str]] = {
    "known": {"ko": "확인됨", "en": "known"},
    "prospect": {"ko": "거래 이력 없음 (고객과 똑같이 응대합니다)", "en": "no customer yet, served as one"},
    "unknown": {
        "ko": "확인하지 못함 (다시 조회합니다)",
        "en": "unknown: the CRM did not answer, it is asked again",
    },
    "pending": {"ko": "조회 중", "en": "being fetched"},
}

MEETINGS: dict[str, dict[Language, str]] = {
    "reference": {"ko": "구매를 고민하는 분께 소개", "en": "asked by others who think of buying"},
    "community": {"ko": "고객 모임", "en": "customers' community"},
}

PARTS: dict[str, dict[Language, str]] = {
    "base": {"ko": "기본 수익", "en": "base"},
    "volume": {"ko": "구매량 증가", "en": "volume"},
    "savings": {"ko": "운영비용 절감", "en": "cost saving"},
    "referral": {"ko": "구전", "en": "referral"},
    "premium": {"ko": "가격 프리미엄", "en": "price premium"},
}


def in_words(found: Brief, language: Language) -> tuple[tuple[str, str], ...]:
    """Return the brief as labelled lines, what was left open first; what is not known has no line."""
    said = ((name, text) for name, text in _lines(found, language) if text)
    return tuple((LABELS[name][language], text) for name, text in said)


AT_A_GLANCE = (
    *("upset", "promises", "acknowledge", "profile", "relation", "needs"),
    *("manner", "earlier_failure", "cases", "value"),
)
"""What of a brief a telephone shows while it rings."""


def at_a_glance(found: Brief, language: Language) -> tuple[tuple[str, str], ...]:
    """Return who calls in labelled lines, without any words of theirs and whoever they are by name or id."""
    promises = tuple(each.model_copy(update={"what": "..."}) for each in found.promises)
    bare = found.model_copy(update={"customer": None, "promises": promises})
    said = ((name, text) for name, text in _lines(bare, language) if text and name in AT_A_GLANCE)
    return tuple((LABELS[name][language], text) for name, text in said)


def _lines(found: Brief, language: Language) -> Iterator[tuple[str, str]]:
    korean = language == "ko"
    if found.upset is not None:
        yield "upset", _upset(found.upset, language)
    for each in found.promises:
        mark = (" (이전 건)" if korean else " (earlier case)") if each.earlier else ""
        yield (
            "promises",
            f"{each.case_id}/{each.number}{mark}: {each.what} - {each.by}, {each.due:%Y-%m-%d %H:%M %Z}",
        )
    yield "acknowledge", ", ".join(found.acknowledge)
    yield "prepared", ", ".join(found.prepared)
    who = " ".join(filter(None, (found.customer, found.tier if found.tier != "none" else None)))
    yield "profile", f"{PROFILES[found.profile][language]} {who}".strip()
    yield "relation", found.relation or ""
    if found.meets:
        rest = "이 건이 끝날 때까지 쉽니다" if korean else "off while this case is open"
        yield "meets", f"{', '.join(MEETINGS[each][language] for each in found.meets)}: {rest}"
    yield "needs", ", ".join(found.needs)
    yield "manner", ", ".join(_manner(found))
    yield "earlier_failure", found.earlier_failure.isoformat() if found.earlier_failure else ""
    for clause in found.clauses:
        yield "treatment", f"{clause.id}: {clause.plain[language]}"
    for other in found.cases or ():
        about = ", ".join(filter(None, (other.voc_type, other.product, other.end or other.stage)))
        yield "cases", f"{other.case_id}: {about}"
    for name, text in found.told.items():
        yield "told", f"{name}: {text}"
    yield "remedies", ", ".join((*found.prefers, *(r for r in found.remedies if r not in found.prefers)))
    for left in found.authority:
        yield "authority", f"{left.role}: {left.at_once}"
    if found.at_risk is not None:
        shares = ", ".join(f"{PARTS[name][language]} {amount}" for name, amount in found.value.items())
        yield "value", f"{found.at_risk} ({shares})"


def _upset(upset: UpsetView, language: Language) -> str:
    """Say who calls back and when; the customer may call us at any time."""
    after = f"{upset.not_before:%Y-%m-%d %H:%M %Z}" if upset.not_before else "-"
    until = f"{upset.call_by:%Y-%m-%d %H:%M %Z}" if upset.call_by else "-"
    if language == "ko":
        return (
            f"접촉 {upset.contact}에서 많이 격앙되셨습니다. {after} 이후 {until}까지, 그때 통화하지 않은 "
            f"{upset.skill} 교육을 받은 담당자나 책임자가 전화드립니다"
        )
    return (
        f"very upset in contact {upset.contact}: call from {after} until {until}, by somebody trained in "
        f"{upset.skill} or a leader, who did not speak to them then"
    )


def _manner(found: Brief) -> Iterator[str]:
    if found.treatment is not None and found.treatment.tone is not None:
        yield found.treatment.tone
    yield from found.channels[:1]
    if found.treatment is not None and found.treatment.hours is not None:
        yield f"{found.treatment.hours[0]}-{found.treatment.hours[1]}"
