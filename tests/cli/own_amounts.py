"""A policy file under which tests decide amounts of their own, as one without an offer table lets them."""

import re
import shutil
from pathlib import Path

from policies.reading import FOLDER

COMPUTED = ("offer_table", "extra_limits", "standards", "guarantees", "repeat_failure")
"""What of the default policy computes amounts, or asks for more than a test gives."""


def own_amounts(folder: Path, *changes: tuple[str, str]) -> Path:
    """Write the default policy without what computes amounts, with other texts in it."""
    for each in FOLDER.glob("wordings*.yaml"):
        shutil.copy(each, folder)
    text = (FOLDER / "retail-kr.yaml").read_text(encoding="utf-8")
    for key in COMPUTED:
        text, found = re.subn(rf"^{key}:.*?(?=^[a-z#])", "", text, flags=re.MULTILINE | re.DOTALL)
        assert found == 1, key
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    file = folder / "own-amounts.yaml"
    file.write_text(text, encoding="utf-8")
    return file
