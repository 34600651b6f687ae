"""Few renditions an asset: each is two more calls to stop at."""

import pytest

from crash.cases import WEB


@pytest.fixture(autouse=True)
def few_renditions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("assetwire.domain.spec.profiles", lambda: (WEB,))
