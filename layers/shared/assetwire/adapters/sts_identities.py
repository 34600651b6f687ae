"""The IdentityProver port: STS says whose a presigned call is. Its address is ours, never the caller's."""

import re

from assetwire.adapters import web
from assetwire.domain.errors import Unauthenticated, Unavailable
from assetwire.domain.iam_proof import AUDIENCE

_ARN = re.compile(r"<GetCallerIdentityResult>.*<Arn>(arn:[^<&\s]{1,2048})</Arn>.*</GetCallerIdentityResult>", re.DOTALL)


class StsIdentities:
    """IAM identities that a region's STS vouches for."""

    def __init__(self, sts_url: str) -> None:
        self._url = sts_url.rstrip("/")

    def arn(self, query: str, *, api_id: str) -> str:
        """Send the presigned call with the header that it is bound to us by."""
        answer = web.get(f"{self._url}/?{query}", {AUDIENCE: api_id, "Accept": "text/xml"})
        if answer.status >= 500 or answer.status == 429:
            raise Unavailable(f"STS answers {answer.status}")
        found = _ARN.search(answer.text) if answer.status == 200 else None
        if found is None:
            raise Unauthenticated("STS does not accept the proof")
        return found[1]
