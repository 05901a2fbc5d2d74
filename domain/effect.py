"""What the outside world owes a case, as data: requests to ports, and what came back.

A request's `kind` is the name of the activity that carries it out; so the interpreter needs no table.
"""

from datetime import timedelta

from domain.effect_requests import (
    BookCollection,
    CancelCollection,
    Contact,
    EraseWords,
    FetchAnswer,
    FetchCall,
    FetchCustomer,
    FetchOrder,
    FindOutcome,
    IssueLabel,
    IssueVoucher,
    JoinInto,
    LearntFact,
    NoteProsumer,
    PayerAccount,
    PayRefund,
    PlaceCall,
    ProposeFacts,
    ProposeWhenAlone,
    ReadLoad,
    ReadRest,
    RefundPart,
    ReleaseAuthority,
    ReleaseReplacement,
    RepairGoods,
    ReportLesson,
    Request,
    ReserveAuthority,
    ReserveReplacement,
    ReturnGoods,
    RevokeVoucher,
    SendLink,
    SendNotice,
    ShipReplacement,
    SplitOff,
    TellSuggester,
    TrackCollection,
    TrackDelivery,
    TrackRefund,
    TrackRepair,
    VoidLabel,
)
from domain.effect_results import (
    AuthorityAnswer,
    AuthorityFreed,
    Between,
    CallMade,
    CollectionBooked,
    CollectionStatus,
    CustomerSnapshot,
    CustomerValue,
    DeliveryStatus,
    EarlierFailure,
    FactsTaken,
    Found,
    GoodsRepaired,
    GoodsReturned,
    HandedOver,
    ImprovementJoined,
    LabelIssued,
    LinkSent,
    LoadAnswer,
    NoticeSent,
    OpenPromise,
    OrderLine,
    OrderSnapshot,
    OtherCase,
    Outcome,
    RefundFailed,
    RefundPaid,
    RefundPending,
    RepairAccepted,
    RepairFailed,
    ReplacementReserved,
    ReplacementShipped,
    RestRead,
    Result,
    SplitOpened,
    SurveyAnswer,
    Taste,
    Undone,
    VoucherIssued,
    WordsGone,
)
from domain.record import Id, Instant, Line, Record

__all__ = [
    "REFUSED",
    "Answer",
    "Ask",
    "AuthorityAnswer",
    "AuthorityFreed",
    "Between",
    "BookCollection",
    "CallMade",
    "CancelCollection",
    "CollectionBooked",
    "CollectionStatus",
    "Contact",
    "CustomerSnapshot",
    "CustomerValue",
    "DeliveryStatus",
    "EarlierFailure",
    "Effect",
    "EraseWords",
    "FactsTaken",
    "FetchAnswer",
    "FetchCall",
    "FetchCustomer",
    "FetchOrder",
    "FindOutcome",
    "Found",
    "GoodsRepaired",
    "GoodsReturned",
    "HandedOver",
    "ImprovementJoined",
    "IssueLabel",
    "IssueVoucher",
    "JoinInto",
    "LabelIssued",
    "LearntFact",
    "LinkSent",
    "LoadAnswer",
    "NoteProsumer",
    "NoticeSent",
    "OpenPromise",
    "OrderLine",
    "OrderSnapshot",
    "OtherCase",
    "Outcome",
    "PayRefund",
    "PayerAccount",
    "PlaceCall",
    "ProposeFacts",
    "ProposeWhenAlone",
    "ReadLoad",
    "ReadRest",
    "RefundFailed",
    "RefundPaid",
    "RefundPart",
    "RefundPending",
    "ReleaseAuthority",
    "ReleaseReplacement",
    "RepairAccepted",
    "RepairFailed",
    "RepairGoods",
    "ReplacementReserved",
    "ReplacementShipped",
    "ReportLesson",
    "Request",
    "ReserveAuthority",
    "ReserveReplacement",
    "RestRead",
    "Result",
    "ReturnGoods",
    "RevokeVoucher",
    "SendLink",
    "SendNotice",
    "ShipReplacement",
    "SplitOff",
    "SplitOpened",
    "SurveyAnswer",
    "Taste",
    "TellSuggester",
    "TrackCollection",
    "TrackDelivery",
    "TrackRefund",
    "TrackRepair",
    "Undone",
    "VoidLabel",
    "VoucherIssued",
    "WordsGone",
]


class Effect(Record):
    """One thing owed to the case, under a key that never changes.

    Attributes:
        key: stable within the case, for example `refund:2`; another try is the next generation.
        once: the key under which the provider knows it, where that differs: a try after an outcome that
            stayed unknown goes out under the first key, so that a late arrival of the first cannot pay twice.
        patience: how long tries go on before the outcome counts as unknown.
        after_written: seq of the event that must be in the ledger first (money); None: at once.
    """

    key: Line
    once: Line | None = None
    request: Request
    patience: timedelta = timedelta(hours=1)
    after_written: int | None = None


class Ask(Record):
    """The one argument of every activity that reaches the outside world.

    Attributes:
        key: what the provider knows the request by (`Effect.once` or `Effect.key`).
        at: the case's own time; the sandbox and its people live on it, because each case may skip time.
    """

    case_id: Id
    key: Line
    at: Instant
    request: Request


class Answer(Record):
    """The one result of such an activity (a wrapper, so that the union is decoded by its tag)."""

    result: Result


REFUSED = "ProviderRefused"
"""Type of the only non-retryable error that means *refused for good*; everything else is *unknown*."""
