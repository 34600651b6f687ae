"""Which text stands in for one that is not there in the language that is asked for."""

import pytest

from assetwire.domain.locales import fallbacks, said_in


@pytest.mark.parametrize(
    ("locale", "tags"),
    [("de", ("de",)), ("de-AT", ("de-AT", "de")), ("zh-Hant-TW", ("zh-Hant-TW", "zh-Hant", "zh"))],
)
def test_a_locale_falls_back_to_wider_ones(locale: str, tags: tuple[str, ...]) -> None:
    assert fallbacks(locale) == tags


@pytest.mark.parametrize(
    ("locale", "said"),
    [
        ("de-AT", "Sessel"),
        ("de-CH", "Stuhl"),
        ("de", "Stuhl"),
        ("en", "chair (gb)"),  # of several regions the first by name
        ("en-AU", "chair (gb)"),
        ("fr", None),
        ("d", None),
    ],
)
def test_the_nearest_language_speaks(locale: str, said: str | None) -> None:
    texts = {"de-AT": "Sessel", "de": "Stuhl", "en-US": "chair (us)", "en-GB": "chair (gb)"}
    assert said_in(texts, locale) == said
