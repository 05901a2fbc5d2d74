"""Notices to a customer: where they go, and the one way to ask for words."""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.effect import Contact, Effect, SendNotice
from domain.policy import Channel, Language, Policy


@dataclass(frozen=True, slots=True, kw_only=True)
class Post:
    """How this customer is written to.

    Attributes:
        channel: the first that reaches them.
    """

    policy: Policy
    language: Language
    channel: Channel
    contact: Contact

    def notice(
        self, key: str, template: str, slots: Mapping[str, str], *, channel: Channel | None = None
    ) -> Effect:
        """Return the effect that sends the words of one template."""
        request = SendNotice(
            template=template,
            wording_hash=self.policy.wording_hash,
            language=self.language,
            channel=channel or self.channel,
            contact=self.contact,
            slots=dict(slots),
        )
        return Effect(key=key, request=request)
