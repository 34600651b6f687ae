"""Connections to PIMs, in their secret: where each is, and what opens it."""

import re
from typing import Any

from pydantic import ValidationError

from assetwire.adapters.akeneo import Connection
from assetwire.domain.product_feed import SOURCE
from assetwire_cli import signing_keys
from assetwire_cli.failure import Failure


def keep(source: str, said: dict[str, Any], *, secret_id: str, secrets: Any) -> bool:
    """Keep a connection in place of the one before; tell whether it is another.

    Raises:
        Failure: it can be none, or its name cannot.
    """
    if not re.fullmatch(SOURCE, source):
        raise Failure(f"{source!r} is no name: a letter, then letters, digits and hyphens", code="invalid_name")
    try:
        connection = Connection.model_validate(said)
    except ValidationError as error:
        told = "; ".join(f"{'.'.join(map(str, each['loc'])) or 'it'}: {each['msg']}" for each in error.errors())
        raise Failure(told, code="invalid_connection") from None  # its input is secret
    kept = connection.model_dump(exclude_defaults=True)
    return signing_keys.keep_in_secret({source: kept}, secret_id, secrets=secrets)


def forget(source: str, *, secret_id: str, secrets: Any) -> bool:
    """Forget a connection; tell whether there was one."""
    return signing_keys.keep_in_secret({source: None}, secret_id, secrets=secrets)
