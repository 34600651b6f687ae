"""Paths that say who may see a file."""

import base64
import hashlib
import hmac
import re

import pytest

from assetwire.domain.territories import TERRITORIES
from assetwire.domain.viewer_paths import ANYWHERE, TokenKey, path_by_token, territorial_path

KEY = "a1/g2/v1/web-320.jpg"
SECRET = TokenKey("A", "a secret")


@pytest.mark.parametrize("territories", [["DE", "AT"], ("AT", "DE"), {"DE", "AT"}, ["DE", "AT", "DE"]])
def test_one_set_of_territories_has_one_path(territories: list[str]) -> None:
    assert territorial_path(territories, KEY) == f"AT-DE/{KEY}"


def test_everywhere_is_a_word_that_is_no_territory() -> None:
    assert territorial_path(("*",), KEY) == f"any/{KEY}"
    assert ANYWHERE.upper() not in TERRITORIES


def test_a_token_says_key_end_and_channel_and_proves_them_with_the_files_path() -> None:
    path = path_by_token(KEY, channel="walmart-us", expires=1_795_176_000, by=SECRET)
    found = re.fullmatch(rf"t/A\.1795176000\.walmart-us\.([A-Za-z0-9_-]{{43}})/{KEY}", path)
    assert found is not None
    said = b"assetwire-path-1\nA\n1795176000\nwalmart-us\n/a1/g2/v1/web-320.jpg"
    code = hmac.new(b"a secret", said, hashlib.sha256).hexdigest()
    assert base64.urlsafe_b64decode(found[1] + "=").hex() == code
