"""AWS clients, each made once a process; made by botocore alone, without boto3's resource layer."""

from functools import cache
from typing import Any

from botocore.config import Config
from botocore.session import Session, get_session

_CONFIG = Config(
    connect_timeout=3,
    read_timeout=20,
    retries={"mode": "standard", "max_attempts": 4},
)


@cache
def _session() -> Session:
    return get_session()


def forget() -> None:
    """Make the next clients anew, with what the environment says then."""
    _session.cache_clear()
    client.cache_clear()


@cache
def client(service: str) -> Any:
    """Return the client of an AWS service; S3 forms are signed with Signature Version 4."""
    config = _CONFIG.merge(Config(signature_version="s3v4")) if service == "s3" else _CONFIG
    return _session().create_client(service, config=config)
