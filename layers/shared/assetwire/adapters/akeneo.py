"""The Pim port: Akeneo's REST API, with a token for a connection, and pages by `search_after`.

Sources: Akeneo's API documentation, "Authentication", "Pagination", "Filters" and "Limitations".
"""

import base64
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Annotated, Any, Self
from urllib.parse import urlencode, urlsplit

from pydantic import BaseModel, ConfigDict, StringConstraints, TypeAdapter, ValidationError, model_validator

from assetwire.adapters import web
from assetwire.adapters.secrets import secret_text
from assetwire.domain.akeneo import Kind
from assetwire.domain.errors import Misconfigured, Throttled, Unavailable
from assetwire.domain.product_feed import SourceName
from assetwire.domain.reconciliation import PAGE
from assetwire.ports.feeds import PimPage

_SECONDS = 60
_LARGEST = 64 * 1024 * 1024
"""Bytes of a page of 100 products, with some attributes in all languages and channels."""
_WAIT = 10.0
"""Seconds to wait where Akeneo asks for it and does not say how long: the first of those that it advises."""
_LONGEST_WAIT = 600.0
_LOCAL = frozenset({"localhost", "127.0.0.1", "::1"})
_Text = Annotated[str, StringConstraints(min_length=1)]


class Connection(BaseModel):
    """Where a PIM is, and what opens it: a connection's credentials, or an app's own token."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    url: Annotated[str, StringConstraints(pattern=r"^https?://[^/?#\s\"\\]+$")]
    client_id: str = ""
    client_secret: str = ""
    username: str = ""
    password: str = ""
    token: str = ""
    by_uuid: bool = True
    """Whether products are asked for by `products-uuid`, which there is since version 7."""

    @model_validator(mode="after")
    def _opens(self) -> Self:
        if not self.token and not all((self.client_id, self.client_secret, self.username, self.password)):
            raise ValueError("a connection has a token, or client_id, client_secret, username and password")
        if self.url.startswith("http:") and urlsplit(self.url).hostname not in _LOCAL:
            raise ValueError("a PIM elsewhere is reached by https alone")
        return self


_CONNECTIONS = TypeAdapter(dict[SourceName, Connection])


def connections(secret_id: str) -> dict[str, Connection]:
    """Return the PIMs that a secret, a JSON object by their names, knows.

    Raises:
        Misconfigured: it holds no such thing.
    """
    text = secret_text(secret_id)
    try:
        return _CONNECTIONS.validate_python({} if text is None else json.loads(text))
    except (ValidationError, ValueError) as error:
        raise Misconfigured(f"secret {secret_id} holds no connections: see `assetwire product connect`") from error


class AkeneoPim:
    """One Akeneo. Its token is asked for at the first call, and anew when it has ended."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._token = connection.token

    def attributes(self, codes: Sequence[str]) -> dict[str, str]:
        """Ask for the attributes of these codes: one request for a hundred."""
        found: dict[str, str] = {}
        for first in range(0, len(codes), PAGE):
            wanted = {"code": [{"operator": "IN", "value": list(codes[first : first + PAGE])}]}
            answer = self._get(f"/api/rest/v1/attributes?{_query(search=json.dumps(wanted), limit=PAGE)}")
            found |= {str(each.get("code")): str(each.get("type")) for each in _items(answer)}
        return found

    def first_page(self, kind: Kind, *, since: datetime | None, codes: Sequence[str]) -> PimPage:
        """Ask for the first hundred, in the order of their keys, from which the next pages go on."""
        products = "products-uuid" if self._connection.by_uuid else "products"
        asked: dict[str, Any] = {"pagination_type": "search_after", "limit": PAGE, "with_attribute_options": "true"}
        if codes:
            asked["attributes"] = ",".join(codes)
        if since is not None:
            moment = f"{since.astimezone(UTC):%Y-%m-%d %H:%M:%S}"
            asked["search"] = json.dumps({"updated": [{"operator": ">", "value": moment}]})
        if kind is Kind.MODEL:
            del asked["with_attribute_options"]
        return self.page(f"/api/rest/v1/{'product-models' if kind is Kind.MODEL else products}?{_query(**asked)}")

    def page(self, place: str) -> PimPage:
        """Ask for a page, by its path: whatever host Akeneo believes that it has, it is asked where we know it."""
        answer = self._get(place)
        document = _document(answer)
        link = ((document.get("_links") or {}).get("next") or {}).get("href")
        split = urlsplit(link) if isinstance(link, str) else None
        next_page = None if split is None else f"{split.path}?{split.query}"
        return PimPage(_items(answer), next_page, _moment(answer))

    def _get(self, place: str) -> web.Answered:
        fresh = not self._token
        if fresh:
            self._renew()
        answer = self._ask(place)
        if answer.status == 401 and not fresh and not self._connection.token:  # it ended: they live an hour
            self._renew()
            answer = self._ask(place)
        return _good(answer, place)

    def _ask(self, place: str) -> web.Answered:
        headers = {"Authorization": f"Bearer {self._token}", "Accept": "application/json"}
        return web.ask("GET", self._connection.url + place, headers, seconds=_SECONDS, largest=_LARGEST)

    def _renew(self) -> None:
        known = self._connection
        pair = base64.b64encode(f"{known.client_id}:{known.client_secret}".encode()).decode()
        headers = {"Authorization": f"Basic {pair}", "Content-Type": "application/json"}
        body = {"grant_type": "password", "username": known.username, "password": known.password}
        place = "/api/oauth/v1/token"
        answer = web.ask("POST", known.url + place, headers, json.dumps(body).encode(), seconds=_SECONDS)
        self._token = str(_document(_good(answer, place)).get("access_token") or "")


def _query(**asked: object) -> str:
    return urlencode(asked)


def _good(answer: web.Answered, place: str) -> web.Answered:
    """Return an answer that is one.

    Raises:
        Throttled, Unavailable, Misconfigured: as the port says.
    """
    if answer.status == 200:
        return answer
    path = place.partition("?")[0]
    if answer.status == 429:
        raise Throttled(f"{path}: Akeneo asks to wait", seconds=_wait(answer.headers))
    if answer.status >= 500 or answer.status == 408:
        raise Unavailable(f"{path}: Akeneo answers {answer.status}")
    raise Misconfigured(f"{path}: Akeneo answers {answer.status}: {answer.text[:200]}", code="pim_refused")


def _wait(headers: Mapping[str, str]) -> float:
    try:
        return min(max(float(headers.get("retry-after", _WAIT)), 0.0), _LONGEST_WAIT)
    except ValueError:
        return _WAIT


def _document(answer: web.Answered) -> dict[str, Any]:
    try:
        document = json.loads(answer.text)
    except (ValueError, RecursionError) as error:
        raise Unavailable("Akeneo answers what is no JSON") from error
    if not isinstance(document, dict):
        raise Unavailable("Akeneo answers what is no object")
    return document


def _items(answer: web.Answered) -> list[dict[str, Any]]:
    items = (_document(answer).get("_embedded") or {}).get("items")
    if not isinstance(items, list) or not all(isinstance(item, dict) for item in items):
        raise Unavailable("Akeneo answers without items")
    return items


def _moment(answer: web.Answered) -> datetime:
    """Return when Akeneo answered, by its own clock, which its products' moments are of."""
    try:
        return parsedate_to_datetime(answer.headers.get("date", "")).astimezone(UTC)
    except (ValueError, TypeError) as error:
        raise Unavailable("Akeneo does not say what time it is") from error
