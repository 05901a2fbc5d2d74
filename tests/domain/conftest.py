"""The helpers of these tests live in `lives.py`; their asserts speak as pytest's own."""

import pytest

pytest.register_assert_rewrite("tests.domain.lives")
