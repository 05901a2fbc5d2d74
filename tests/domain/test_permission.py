from typing import Any, get_args

import pytest

from domain import permission
from domain.actor import Actor, Role
from domain.case import CaseCommand, decide, stage
from domain.intake import AddToCase
from domain.permission import TABLE, Stage
from domain.refusal import Refused
from tests.domain.lives import (
    AGENT,
    AUDITOR,
    BOTH,
    CALLER,
    FINAL,
    HEAD,
    MIRA,
    NOTIFIED,
    OTHER_AGENT,
    OWNED,
    OWNER,
    PAYING,
    POLICY,
    RAISED,
    REGISTERED,
    SATISFIED,
    SUPERVISOR,
    SYSTEM,
    TOM,
    WITH_DEPARTMENT,
    Item,
    contact,
    given,
    propose,
    say,
    triage,
    wait,
)

COMMANDS: tuple[Any, ...] = get_args(get_args(CaseCommand)[0])
KINDS = {command.model_fields["kind"].default: command for command in COMMANDS}

WHO: dict[Role, Actor] = {
    Role.CUSTOMER: MIRA,
    Role.AGENT: AGENT,
    Role.OWNER: OWNER,
    Role.SUPERVISOR: SUPERVISOR,
    Role.DEPARTMENT_HEAD: HEAD,
    Role.HAPPY_CALLER: CALLER,
    Role.AUDITOR: AUDITOR,
    Role.SYSTEM: SYSTEM,
}


def test_every_command_has_a_row_and_every_row_a_command() -> None:
    assert set(TABLE) == set(KINDS)


def test_every_row_names_somebody_and_some_stage() -> None:
    assert all(permit.roles and permit.stages for permit in TABLE.values())


@pytest.mark.parametrize("kind", sorted(TABLE))
@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_give_a_command_only_if_the_table_says_so(kind: str, role: Role) -> None:
    command = say(AddToCase, WHO[role], text="x")
    permit = TABLE[kind]

    def check() -> None:
        permission.check(kind, command, policy=POLICY, stage=permit.stages[0], owner="ann", customer="mira")

    if role in permit.roles:
        check()
    else:
        with pytest.raises(Refused, match=f"a {role} may not {kind}"):
            check()


@pytest.mark.parametrize("kind", sorted(TABLE))
@pytest.mark.parametrize("at_stage", [*permission.OPEN, "ended"])
def test_a_command_has_a_meaning_only_in_its_stages(kind: str, at_stage: Any) -> None:
    permit = TABLE[kind]
    command = say(AddToCase, WHO[permit.roles[0]], text="x")

    def check() -> None:
        permission.check(kind, command, policy=POLICY, stage=at_stage, owner="ann", customer="mira")

    if at_stage in permit.stages:
        check()
    else:
        with pytest.raises(Refused, match="has ended" if at_stage == "ended" else "no meaning"):
            check()


AT: dict[Stage, tuple[Item, ...]] = {
    "raised": RAISED,
    "with_department": WITH_DEPARTMENT,
    "owned": OWNED,
    "in_recovery": PAYING,
    "result_registered": REGISTERED,
    "following_up": NOTIFIED,
    "reopen_window": SATISFIED,
    "appeal_open": FINAL,
    "ended": (*SATISFIED, wait(days=30)),
}


@pytest.mark.parametrize("at_stage", get_args(Stage))
def test_a_case_takes_nothing_outside_the_table(at_stage: Stage) -> None:
    """Every command, from every role, in every stage: what the table has not is refused."""
    case = given(*AT[at_stage]).case
    assert stage(case) == at_stage
    owner = case.assignment.owner
    for kind, command in KINDS.items():
        for role in Role:
            if role in TABLE[kind].roles and at_stage in TABLE[kind].stages:
                continue
            by = Actor(role=role, id=owner) if role is Role.OWNER and owner else WHO[role]
            # No other field is given: the table is asked before anything else of the command is read.
            said = command.model_construct(kind=kind, id="c", by=by, at=case.at, occurred_at=None)
            with pytest.raises(Refused) as refusal:
                decide(case, said)
            codes = ("not-your-role", "not-owner", "ended", TABLE[kind].elsewhere)
            assert refusal.value.code in codes, (kind, role)


def test_an_owner_owns_the_case() -> None:
    somebody = Actor(role=Role.OWNER, id="ben")
    given(*OWNED).when(contact(somebody)).then_refused("ben does not own", "not-owner")


def test_a_customer_has_only_their_own_case() -> None:
    given(*RAISED).when(say(AddToCase, TOM, text="x")).then_refused("another customer's", "not-your-case")


def test_a_role_is_held_by_whom_the_directory_says() -> None:
    liar = Actor(role=Role.SUPERVISOR, id="ann")
    given(*RAISED).when(triage(liar)).then_refused("does not give ann the role", "not-in-directory")
    stranger = Actor(role=Role.AGENT, id="zoe")
    given(*RAISED).when(triage(stranger)).then_refused("does not give zoe", "not-in-directory")
    given(*RAISED).when(triage(BOTH)).then("triaged", "department_assigned")


def test_an_auditor_changes_nothing() -> None:
    assert all(Role.AUDITOR not in permit.roles for permit in TABLE.values())


def test_an_agent_who_does_not_own_the_case_proposes_nothing() -> None:
    given(*OWNED).when(propose(by=OTHER_AGENT)).then_refused("may not propose_remedy", "not-your-role")
