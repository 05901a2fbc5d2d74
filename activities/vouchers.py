"""The vouchers port: coupons, points, memberships and information, and taking each back until it is used."""

import httpx
from temporalio import activity

from activities.http import Patience, Provider, expect
from domain.effect import Answer, Ask, IssueVoucher, RevokeVoucher, Undone, VoucherIssued


class Vouchers:
    """Asks the loyalty system."""

    def __init__(self, client: httpx.AsyncClient, patience: Patience = Patience()) -> None:  # noqa: B008 - frozen
        self._vouchers = Provider(client, "vouchers", patience)

    @activity.defn(name="issue_voucher")
    async def issue_voucher(self, ask: Ask) -> Answer:
        """Give a reward, once per case and effect key."""
        request = expect(ask, IssueVoucher)
        return Answer(result=await self._vouchers.ask(ask, request, VoucherIssued))

    @activity.defn(name="revoke_voucher")
    async def revoke_voucher(self, ask: Ask) -> Answer:
        """Take a reward back; refused once it was used."""
        request = expect(ask, RevokeVoucher)
        return Answer(result=await self._vouchers.ask(ask, request, Undone))
