"""The systems that may send webhooks, in their secret: each with a form, and one or two secrets, the newest first."""

import base64
import secrets as random
from typing import Any

from assetwire.domain.webhook import Form
from assetwire_cli import signing_keys
from assetwire_cli.failure import Failure

_BYTES = 32
"""Of a new secret. Standard Webhooks ask for 24 to 64."""
_MOST = 2
"""Secrets of one source: while they are rotated, deliveries by either are let in."""
Sources = dict[str, dict[str, Any]]


def new_secret() -> str:
    """Return a new secret, as Standard Webhooks write them."""
    return f"whsec_{base64.b64encode(random.token_bytes(_BYTES)).decode()}"


def known(secret_id: str, *, secrets: Any) -> Sources:
    """Return every source, by its name."""
    return signing_keys.stored(secret_id, secrets)


def add(name: str, form: Form | None, secret: str, *, secret_id: str, secrets: Any) -> Form:
    """Let in what this secret signs, beside what the last one does; return the source's form.

    Raises:
        Failure: the source has another form, or two secrets already.
    """
    source = known(secret_id, secrets=secrets).get(name)
    standing = Form(source["form"]) if source else form or Form.CLOUDEVENTS
    if form is not None and form is not standing:
        raise Failure(f"{name} is of the form {standing}; retire it first", code="other_form")
    kept = source["secrets"] if source else []
    if secret not in kept and len(kept) >= _MOST:
        raise Failure(
            f"{name} has two secrets; `assetwire webhooks retire {name}` takes the older away", code="two_secrets"
        )
    wanted = {"form": standing.value, "secrets": list(dict.fromkeys([secret, *kept]))}
    signing_keys.keep_in_secret({name: wanted}, secret_id, secrets=secrets)
    return standing


def retire(name: str, *, whole: bool = False, secret_id: str, secrets: Any) -> int:
    """Take the older secret of a source away, or the whole source; return how many secrets it has left.

    Raises:
        Failure: there is no such source, or it has one secret alone.
    """
    source = known(secret_id, secrets=secrets).get(name)
    if source is None:
        raise Failure(f"no source is called {name!r}", code="unknown_source")
    kept = [] if whole else source["secrets"][: _MOST - 1]
    if not whole and len(source["secrets"]) < _MOST:
        raise Failure(f"{name} has one secret; --whole lets it send nothing any more", code="one_secret")
    signing_keys.keep_in_secret({name: {**source, "secrets": kept} if kept else None}, secret_id, secrets=secrets)
    return len(kept)
