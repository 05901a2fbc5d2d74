"""The idempotency key that a provider sees: of the case and the effect, never of the attempt."""

import hashlib


def idempotency_key(case_id: str, effect_key: str) -> str:
    """Return the key under which a provider remembers one effect of one case.

    A digest, so that it has one form for every provider and tells nothing. A case id has no colon, so no two
    pairs share a key.
    """
    return hashlib.sha256(f"{case_id}:{effect_key}".encode()).hexdigest()
