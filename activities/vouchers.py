"""The vouchers port: coupons and points, and taking them back until they are used."""

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
        """Give a coupon or points, once per case and effect key."""
        request = expect(ask, IssueVoucher)
        return Answer(result=await self._vouchers.ask(ask, request, VoucherIssued))

    @activity.defn(name="revoke_voucher")
    async def revoke_voucher(self, ask: Ask) -> Answer:
        """Take a coupon or points back; refused once they were used."""
        request = expect(ask, RevokeVoucher)
        return Answer(result=await self._vouchers.ask(ask, request, Undone))
