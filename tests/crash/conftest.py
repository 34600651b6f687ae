"""Few renditions an asset: each is two more calls to stop at."""

import pytest

from assetwire.domain.spec_book import SpecBook
from crash.cases import WEB


@pytest.fixture(autouse=True)
def few_renditions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.domain.spec_book.shipped_book", lambda: SpecBook((WEB,)))
