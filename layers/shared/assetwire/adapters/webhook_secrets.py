"""The WebhookSources port: who may send deliveries, and what they sign with, from Secrets Manager."""

import json
import time

from pydantic import TypeAdapter, ValidationError

from assetwire.adapters.secrets import secret_text
from assetwire.domain.errors import Misconfigured
from assetwire.domain.product_feed import SourceName
from assetwire.domain.webhook import Source

_KEPT_SECONDS = 300.0
"""How long what was read is believed: a secret that is taken away opens nothing after that."""
_SECONDS_BETWEEN_READS = 10.0
"""What nobody known signed has the secrets read again, but not for each forged delivery."""
_SHAPE = TypeAdapter(dict[SourceName, Source])


class SecretSources:
    """Sources in a secret, a JSON object by their names.

    `{"shop": {"form": "cloudevents", "secrets": ["whsec_…"]}}`
    """

    def __init__(self, secret_id: str) -> None:
        self._secret_id = secret_id
        self._sources: dict[str, Source] = {}
        self._read_at: float | None = None

    def named(self, name: str) -> Source | None:
        """Return a source, as it was read within the last minutes."""
        if self._age() > _KEPT_SECONDS:
            self._read()
        return self._sources.get(name)

    def renew(self) -> bool:
        """Read the secrets again, unless that was just done; tell whether they were."""
        if self._age() < _SECONDS_BETWEEN_READS:
            return False
        self._read()
        return True

    def _age(self) -> float:
        return float("inf") if self._read_at is None else time.monotonic() - self._read_at

    def _read(self) -> None:
        text = secret_text(self._secret_id)
        try:
            self._sources = _SHAPE.validate_python({} if text is None else json.loads(text))
        except (ValidationError, ValueError) as error:
            raise Misconfigured(
                f"secret {self._secret_id} holds no sources: see `assetwire webhooks secret`"
            ) from error
        self._read_at = time.monotonic()
