"""The client of CloudFront's key value stores, on AWS and on the embedded stack."""

from typing import Any
from urllib.parse import urlsplit, urlunsplit

import boto3
from botocore.awsrequest import AWSRequest
from botocore.config import Config

_SERVICE = "cloudfront-keyvaluestore"


def key_value_client(session: boto3.Session, endpoint: str | None, config: Config) -> Any:
    """Return the client; requests are signed with SigV4A, which is what awscrt is for.

    It puts the account in front of the endpoint's host, which has no address where the endpoint is this machine.
    """
    client: Any = session.client(_SERVICE, endpoint_url=endpoint, config=config)  # type: ignore[call-overload]
    if endpoint is not None:
        here = urlsplit(endpoint).netloc

        def stay(request: AWSRequest, **_: object) -> None:
            request.url = urlunsplit(urlsplit(str(request.url))._replace(netloc=here))

        client.meta.events.register_first(f"request-created.{_SERVICE}", stay)
    return client
