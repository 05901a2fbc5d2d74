"""A harm that the customer named by mistake: taken back by their own word, not by classing anew."""

from dataclasses import replace
from typing import Literal

from domain.actor import Role
from domain.contact import Contacts
from domain.message import Command, Event
from domain.record import Line
from domain.refusal import Refused
from domain.remedy import Remedy, undecided
from domain.triage import Classification


class WithdrawHarm(Command):
    """The customer takes one harm back; staff may enter it with the contact in which they said so.

    Attributes:
        line: the harm line.
        contact: where staff enter it, the number of that contact.
    """

    kind: Literal["withdraw_harm"] = "withdraw_harm"
    line: Line
    contact: int | None = None


class HarmWithdrawn(Event):
    """The customer took a harm back; nobody decides on it any more."""

    kind: Literal["harm_withdrawn"] = "harm_withdrawn"
    line: Line
    contact: int | None = None


def decide(
    triage: Classification, remedy: Remedy, contacts: Contacts, command: WithdrawHarm
) -> tuple[HarmWithdrawn, ...]:
    """Take a harm back that the customer did not mean, while nothing was agreed about it."""
    line = command.line
    if line in triage.withdrawn:
        return ()
    stated = tuple(each.id for each in triage.harm_lines)
    if line not in stated:
        raise Refused(f"line: use one of {', '.join(stated)}", code="harm-lines")
    if stated == (line,):
        raise Refused(
            "line: it is the only harm; if the customer takes it back, use note_withdrawal for the complaint",
            code="harm-lines",
        )
    agreed = remedy.proposal is not None and remedy.proposal.state == "agreed"
    if agreed or line not in undecided(remedy, triage):
        raise Refused(
            "line: the customer has agreed to what is done about it; name one that is still to be decided",
            code="agreed",
        )
    if command.by.role is not Role.CUSTOMER:
        _check_said(triage, contacts, command)
    return (HarmWithdrawn(line=line, contact=command.contact, at=command.at, by=command.by),)


def _check_said(triage: Classification, contacts: Contacts, command: WithdrawHarm) -> None:
    """What staff enter rests on a contact after the customer had named the harm."""
    talk = contacts.talk(command.contact)
    if talk is None or not talk.answered:
        raise Refused("contact: log the contact in which the customer said so, and name it", code="contact")
    named = dict(triage.claimed).get(command.line)
    if named is not None and talk.happened < named:
        raise Refused(
            "contact: it took place before the customer named that harm; name a later one", code="contact"
        )


def evolve(triage: Classification, event: HarmWithdrawn) -> Classification:
    """Take the line out of those that have to be decided."""
    return replace(
        triage,
        harm_lines=tuple(each for each in triage.harm_lines if each.id != event.line),
        claimed=tuple(each for each in triage.claimed if each[0] != event.line),
        withdrawn=(*triage.withdrawn, event.line),
    )
