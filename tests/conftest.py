"""Tests that live cases share `tests/domain/lives.py`; its asserts speak as pytest's own."""

import pytest

pytest.register_assert_rewrite("tests.domain.lives")
