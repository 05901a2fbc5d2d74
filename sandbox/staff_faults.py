"""The faults that a script plants: what somebody on the staff does to a customer, in the script's own words.

No rule of fairness is known here. What the engine refuses is no fault that was carried out, but an attempt.
"""

from typing import Literal

StaffFault = Literal[
    "turned_away",
    "story_again",
    "kept_waiting",
    "handed_around",
    "let_lie",
    "no_word",
    "late_answer",
    "dear_fee",
    "own_fault_later",
    "no_gesture",
    "never_sorry",
    "empty_words",
    "unexplained_rule",
    "request_ignored",
    "anger",
    "hung_up",
    "cold_courtesy",
    "solicited",
    "post_taken_down",
    "tries_jargon",
    "tries_blame",
    "tries_closing",
    "tries_fee",
    "tries_forgetting",
    "tries_warranty",
]

WORDS: dict[StaffFault, str] = {
    "turned_away": "the channel rejects the customer's claim four times before it takes it",
    "story_again": "the customer has to tell the whole story once more to whoever has the case",
    "kept_waiting": "a caller waits twenty minutes before anybody speaks",
    "handed_around": "a department passes the case on, then two owners hand it on, before anybody speaks",
    "let_lie": "nobody proposes anything for more than ten working days",
    "no_word": "after the first talk the customer hears nothing for three and a half working days",
    "late_answer": "a suggestion is answered after eleven working days",
    "dear_fee": "the customer is asked for a fee of a fifth of the price, and somebody approves it",
    "own_fault_later": "the customer bears the shipping, and the result says that it was the firm's fault",
    "no_gesture": "a promise is broken, and the next offer does not say a word about it",
    "never_sorry": "from first contact to result nobody says sorry and nobody explains",
    "empty_words": "the result is told in words that would fit any case",
    "unexplained_rule": "the customer has to ask what the rule means by which it was decided",
    "request_ignored": "the customer asks for a supervisor, and none calls for two and a half working days",
    "anger": "a furious customer is shouted at",
    "hung_up": "the line is cut on a furious customer, without a warning",
    "cold_courtesy": "everybody is polite and nobody is moved; the customer says so when called",
    "solicited": "somebody asks for a good score; the customer says so when called",
    "post_taken_down": "the firm takes the customer's post off the board, and nobody says why",
    "tries_jargon": "writes a word to the customer that only the trade understands",
    "tries_blame": "tells the customer, on no evidence, that it was their mistake",
    "tries_closing": "registers a result while nothing is decided",
    "tries_fee": "asks the customer for a fee although it was the firm's fault",
    "tries_forgetting": "the customer names a further loss, and somebody classes the case anew without it",
    "tries_warranty": "refuses a defect for an expired warranty, which still runs",
}
"""Each fault as the script means it."""

ATTEMPTS: tuple[StaffFault, ...] = (
    *("tries_jargon", "tries_blame", "tries_closing", "tries_fee"),
    *("tries_forgetting", "tries_warranty"),
)
"""What the engine is to refuse."""

SAID_WHEN_CALLED: tuple[StaffFault, ...] = ("cold_courtesy", "solicited")
"""Faults between two people, in no record: they come out only if the customer tells the caller."""
