"""The case number: speakable on the phone, the same for the same message, and nothing can be read from it."""

import hmac
from hashlib import sha256
from itertools import count

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Crockford base 32: no I, L, O, U."""

LENGTH = 12
"""60 bits."""


def number_of(secret: str, source: str, source_key: str, counter: int = 0) -> str:
    """Return `XXXX-XXXX-XXXX-C` for a message; `counter` gives another number after a collision.

    Args:
        secret: key of the deployment, so that nobody can guess keys back from numbers.
        source: channel or system.
        source_key: its own key for the message.
        counter: 0, then 1, ... where a number was taken by another message.
    """
    for turn in count():
        message = f"{source}\n{source_key}\n{counter}.{turn}".encode()
        value = int.from_bytes(hmac.new(secret.encode(), message, sha256).digest()[:8]) >> 4
        # Five of Crockford's 37 check characters cannot be spoken or typed in a shell; those are passed over.
        if value % 37 < len(ALPHABET):
            return _written(value)
    raise AssertionError("unreachable: count() does not end")


def _written(value: int) -> str:
    letters = "".join(ALPHABET[(value >> (5 * place)) & 31] for place in reversed(range(LENGTH)))
    return f"{letters[:4]}-{letters[4:8]}-{letters[8:]}-{ALPHABET[value % 37]}"


def normal(given: str) -> str | None:
    """Return the number as we write it, from how a person types it; None where it cannot be one.

    Letters that look alike are read as Crockford says (O is 0, I and L are 1), and the check must hold.
    """
    letters = given.upper().removeprefix("CASE-").replace("-", "").replace(" ", "")
    letters = letters.translate(str.maketrans("OIL", "011"))
    if len(letters) != LENGTH + 1:
        return None
    body = letters[:-1]
    if any(letter not in ALPHABET for letter in body):
        return None
    value = 0
    for letter in body:
        value = value * 32 + ALPHABET.index(letter)
    if value % 37 >= len(ALPHABET) or ALPHABET[value % 37] != letters[-1]:
        return None
    return _written(value)


PHONE_DIGITS = 8
"""Fewer digits are no telephone number that anybody could be told by."""


def caller_key(secret: str, phone: str | None) -> str | None:
    """Return the keyed digest by which a caller's cases are found; None for what is no telephone number.

    The last digits count, so that +82 10-1234-5678 and 010 1234 5678 are one caller.
    """
    digits = "".join(letter for letter in phone or "" if letter.isdigit())
    if len(digits) < PHONE_DIGITS:
        return None
    told = f"caller\n{digits[-PHONE_DIGITS:]}".encode()
    return hmac.new(secret.encode(), told, sha256).hexdigest()


def key_digest(secret: str, source: str, source_key: str) -> str:
    """Return the keyed digest under which a message's key is kept: unique, and not to be guessed back."""
    return hmac.new(secret.encode(), f"key\n{source}\n{source_key}".encode(), sha256).hexdigest()
