"""The paths by which viewers ask: the file's key in the delivery bucket, and in front of it who may see it."""

import base64
import hmac
from collections.abc import Sequence
from typing import NamedTuple

from assetwire.domain.territories import WORLDWIDE

ANYWHERE = "any"
"""In a path: every territory. No ISO 3166-1 alpha-2 code has three letters."""

_PURPOSE = "assetwire-path-1"
"""What a token's HMAC is for, so that its key is good for nothing else; the number is the format's."""


def territorial_path(territories: Sequence[str], key: str) -> str:
    """Return the path, without a leading slash, of a file for viewers in these territories.

    They are ISO 3166-1 alpha-2 codes, or `*` is among them: every one. One set of territories has one path, in whatever
    order they come: else caches and signatures would multiply.
    """
    if WORLDWIDE in territories:
        return f"{ANYWHERE}/{key}"
    return f"{territories[0] if len(territories) == 1 else '-'.join(sorted(set(territories)))}/{key}"


class TokenKey(NamedTuple):
    """A secret that opens files by tokens: its id is public, `TokenKey<id>` is its name in the key value store."""

    key_id: str
    secret: str


def path_by_token(key: str, *, channel: str, expires: int, by: TokenKey) -> str:
    """Return the path, without a leading slash, that opens one file for a channel until `expires` (epoch, seconds).

    The HMAC covers all that the token says and the file's path, and so its asset's generation.
    """
    said = "\n".join((_PURPOSE, by.key_id, str(expires), channel, f"/{key}"))
    digest = hmac.digest(by.secret.encode(), said.encode(), "sha256")
    code = base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
    return f"t/{by.key_id}.{expires}.{channel}.{code}/{key}"
