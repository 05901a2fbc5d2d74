"""Who looks: some things of a case are kept back from everybody but a supervisor until it ends."""

from typing import Annotated

import typer

from domain.actor import Actor, Role
from domain.refusal import Refused

Viewer = Annotated[
    str | None,
    typer.Option("--as", metavar="ROLE:ID", help="Who looks; a supervisor sees scores before the end."),
]


def viewer_of(text: str | None) -> Actor | None:
    """Return who looks; None: anybody.

    Raises:
        Refused: where it is no role and id.
    """
    if text is None:
        return None
    role, _, person = text.partition(":")
    if role not in tuple(Role) or not person:
        roles = ", ".join(Role)
        raise Refused(f"as: write ROLE:ID, for example supervisor:sup-01; roles are {roles}", code="invalid")
    return Actor(role=Role(role), id=person)
