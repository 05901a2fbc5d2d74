"""How often played people slip or change their minds: shares from 0 to 1, with names that a plan can set."""

from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from sandbox.staff_faults import StaffFault

Share = Annotated[float, Field(ge=0, le=1)]


class _Shares(BaseModel):
    """Named shares; an unknown name is an error, or a misspelt fault would silently not be played."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class StaffManners(_Shares):
    """What staff do wrong, or late, or without need.

    Attributes:
        always: commands that agents surely forget, by name; for a demonstration.
        forget: leaves lying what is to be done, until a deadline moves it up.
        forget_approval: leaves an approval lying.
        promise: tells the customer until when something will happen.
        break_promise: lets it pass.
        refuse_department: says that the case is another department's.
        transfer: hands the case to a colleague.
        escalate: gives the case up to the next level without being made to.
        overreach: tries to approve the own proposal.
        refuse_all: proposes to refuse everything.
        reject: an approver who says no.
        keep_waiting: lets a caller wait beyond what the house allows before somebody speaks.
        ask_again: has a customer tell the whole story once more.
        task: asks another department for something.
        refuse_task: a department that will not do it.
        plant: faults of which a case draws at most one, each with its share of the cases that it fits.
    """

    always: tuple[str, ...] = ()
    forget: Share = 0.12
    forget_approval: Share = 0.25
    promise: Share = 0.35
    break_promise: Share = 0.3
    refuse_department: Share = 0.05
    transfer: Share = 0.08
    escalate: Share = 0.04
    overreach: Share = 0.08
    refuse_all: Share = 0.07
    reject: Share = 0.12
    keep_waiting: Share = 0.2
    ask_again: Share = 0.4
    task: Share = 0.12
    refuse_task: Share = 0.15
    plant: dict[StaffFault, Share] = Field(default_factory=dict)

    @property
    def provable(self) -> bool:
        """Whether staff do nothing wrong but what is planted, so that every finding can be accounted for."""
        return self.model_copy(update={"plant": {}}) == NO_FAULTS


class CustomerManners(_Shares):
    """How customers are.

    Attributes:
        chase: asks how it stands.
        ask_supervisor: asks for a supervisor.
        claim: names a further harm.
        decline: says no to an offer.
        silent: does not answer an offer.
        late: answers only after the reminder.
        cancel: wants the remedy stopped midway.
        withdraw: takes the complaint back.
        reopen: finds, within the window, that it was not put right after all.
        appeal: contests a final position.
    """

    chase: Share = 0.15
    ask_supervisor: Share = 0.12
    claim: Share = 0.1
    decline: Share = 0.18
    silent: Share = 0.06
    late: Share = 0.08
    cancel: Share = 0.06
    withdraw: Share = 0.05
    reopen: Share = 0.08
    appeal: Share = 0.4


NO_FAULTS = StaffManners(
    forget=0,
    forget_approval=0,
    promise=0,
    break_promise=0,
    refuse_department=0,
    transfer=0,
    escalate=0,
    overreach=0,
    refuse_all=0,
    reject=0,
    keep_waiting=0,
    ask_again=0,
    task=0,
    refuse_task=0,
)
PLANTED = NO_FAULTS.model_copy(
    update={
        "plant": {
            "turned_away": 0.04,
            "late_answer": 0.5,
            "dear_fee": 0.2,
            "own_fault_later": 0.2,
            "post_taken_down": 0.55,
            "never_sorry": 0.12,
            "no_gesture": 0.08,
            "handed_around": 0.08,
            "no_word": 0.06,
            "request_ignored": 0.05,
            "kept_waiting": 0.05,
            "story_again": 0.05,
            "let_lie": 0.05,
            "cold_courtesy": 0.05,
            "solicited": 0.05,
            "empty_words": 0.05,
            "unexplained_rule": 0.05,
            "hung_up": 0.025,
            "anger": 0.075,
            "tries_jargon": 0.03,
            "tries_blame": 0.03,
            "tries_closing": 0.03,
            "tries_fee": 0.04,
            "tries_forgetting": 0.03,
            "tries_warranty": 0.05,
        }
    }
)
"""Nothing is wrong but what the script plants and writes down.

With the proof's seed these shares give every fault and every attempt to at least one of the bundled voices.
"""
CARELESS = StaffManners(
    forget=0.4, forget_approval=0.5, promise=0.6, break_promise=0.6, overreach=0.2, refuse_all=0.15
)
USUAL_STAFF, USUAL_CUSTOMER = StaffManners(), CustomerManners()
NAMED = {"none": NO_FAULTS, "planted": PLANTED, "usual": USUAL_STAFF, "careless": CARELESS}
"""Plans that need no file."""


class BadManners(Exception):  # noqa: N818 - named after what was given
    """A plan that cannot be read."""


def staff_manners(plan: str) -> StaffManners:
    """Return a named plan, or the one in a JSON or YAML file of shares.

    Raises:
        BadManners: naming every field that is wrong.
    """
    if plan in NAMED:
        return NAMED[plan]
    try:
        return StaffManners.model_validate(yaml.safe_load(Path(plan).read_text(encoding="utf-8")))
    except OSError as error:
        names = ", ".join(NAMED)
        raise BadManners(f"{plan}: {error.strerror}; name a file of shares or one of {names}") from None
    except (yaml.YAMLError, UnicodeDecodeError):
        raise BadManners(f"{plan}: neither JSON nor YAML") from None
    except ValidationError as error:
        wrong = (f"{'.'.join(map(str, each['loc'])) or 'plan'}: {each['msg']}" for each in error.errors())
        raise BadManners(f"{plan}: {'; '.join(wrong)}") from None
