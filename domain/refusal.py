"""The one exception of the domain: what may not be."""


class Refused(Exception):  # noqa: N818 - a refusal is an answer, not an error
    """A command that may not be carried out.

    Attributes:
        reason: A sentence for the person who asked: what is wrong and what to do.
        code: A stable word for programs, for example `not-your-role`.
    """

    def __init__(self, reason: str, *, code: str = "refused") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code
