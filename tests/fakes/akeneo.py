"""An Akeneo to test against: its REST API as its documentation says it behaves, over HTTP, with a clock of its own.

- A token by the password grant, for a time; without a good one 401.
- `products-uuid`, `products` and `product-models`: pages by `search_after` in the order of keys, 100 at the most (422),
  with a `next` link after a full page; the filter `updated >`, which also finds variants whose model changed.
- Variants carry their models' values. `attributes` limits values, and is refused (422) where one is not there.
- More than `quota` requests are answered 429 with `Retry-After` until `rest` is called.
"""

import base64
import json
import threading
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

from assetwire.adapters.web import Answered

URL = "https://demo.akeneo.com"
CREDENTIALS = {"client_id": "1_id", "client_secret": "secret", "username": "assetwire_1", "password": "pass word"}
ATTRIBUTES = {
    "name": "pim_catalog_text",
    "ean": "pim_catalog_text",
    "color": "pim_catalog_simpleselect",
    "image_alt_text": "pim_catalog_textarea",
    "price": "pim_catalog_price_collection",
    "weight": "pim_catalog_metric",
}


class AkeneoDouble:
    """Products and models, who changed them when, and every request that was made."""

    def __init__(self, now: datetime) -> None:
        self.now = now
        self.attributes = dict(ATTRIBUTES)
        self.products: dict[str, dict[str, Any]] = {}
        self.models: dict[str, dict[str, Any]] = {}
        self.requests: list[str] = []
        self.quota: int | None = None
        self.fails = 0
        self.token_seconds = 3600
        self._tokens: dict[str, datetime] = {}
        self._lock = threading.Lock()

    # --- people at work ---

    def put(self, identifier: str | None, name: str = "", *, parent: str | None = None, **fields: Any) -> str:
        """Create or change a product; return its UUID."""
        known = next((key for key, each in self.products.items() if each["identifier"] == identifier), None)
        key = known or str(uuid.uuid5(uuid.NAMESPACE_URL, str(identifier)))
        resource = {"uuid": key, "identifier": identifier, "parent": parent, "enabled": True}
        self.products[key] = resource | self._said(name, fields)
        return key

    def model(self, code: str, name: str = "", *, parent: str | None = None, **fields: Any) -> None:
        """Create or change a product model."""
        self.models[code] = {"code": code, "parent": parent} | self._said(name, fields)

    def uuid_of(self, identifier: str) -> str:
        """Return the UUID of a product."""
        return next(key for key, each in self.products.items() if each["identifier"] == identifier)

    def remove(self, identifier: str) -> None:
        """Remove a product: nothing tells of it but its event."""
        del self.products[self.uuid_of(identifier)]

    def _said(self, name: str, fields: dict[str, Any]) -> dict[str, Any]:
        values = fields.pop("values", {})
        if name:
            values = {"name": [{"locale": "de_DE", "scope": None, "data": name}]} | values
        price = [{"locale": None, "scope": None, "data": [{"amount": "9.99", "currency": "EUR"}]}]
        moment = self.now.isoformat(timespec="seconds")
        return {"values": {"price": price} | values, "updated": moment, "created": moment} | fields

    # --- the API ---

    def answer(self, method: str, target: str, headers: dict[str, str], body: bytes) -> tuple[int, dict[str, str], Any]:
        """Answer one request: status, headers and document."""
        split = urlsplit(target)
        with self._lock:
            self.requests.append(f"{method} {split.path}")
            if self.fails:
                self.fails -= 1
                return 502, {}, {"code": 502}
            if self.quota is not None and self.quota <= 0:
                return 429, {"Retry-After": "3"}, {"code": 429, "message": "Too Many Requests"}
            self.quota = None if self.quota is None else self.quota - 1
            if (method, split.path) == ("POST", "/api/oauth/v1/token"):
                return self._token(headers, json.loads(body))
            token = headers.get("authorization", "").removeprefix("Bearer ")
            if self._tokens.get(token, datetime.min.replace(tzinfo=UTC)) <= self.now:
                return 401, {}, {"code": 401, "message": "Authentication is required"}
            return self._listed(split.path, {name: each[-1] for name, each in parse_qs(split.query).items()})

    def rest(self) -> None:
        """Let as many requests through as anybody makes again."""
        self.quota = None

    def _token(self, headers: dict[str, str], asked: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        pair = base64.b64decode(headers.get("authorization", "").removeprefix("Basic ")).decode()
        known = f"{CREDENTIALS['client_id']}:{CREDENTIALS['client_secret']}"
        wanted = {name: CREDENTIALS[name] for name in ("username", "password")} | {"grant_type": "password"}
        if pair != known or asked != wanted:
            return 422, {}, {"code": 422, "message": "No user found for the given username and password"}
        token = uuid.uuid4().hex
        self._tokens[token] = self.now + timedelta(seconds=self.token_seconds)
        return 200, {}, {"access_token": token, "expires_in": self.token_seconds, "token_type": "bearer"}

    def _listed(self, path: str, asked: dict[str, str]) -> tuple[int, dict[str, str], Any]:
        search = json.loads(asked.get("search", "{}"))
        limit = int(asked.get("limit", "10"))
        if limit > 100:
            return 422, {}, {"code": 422, "message": "You cannot request more than 100 items."}
        if path == "/api/rest/v1/attributes":
            (wanted,) = search["code"]
            found = [
                {"code": code, "type": self.attributes[code]} for code in wanted["value"] if code in self.attributes
            ]
            return 200, {}, {"_embedded": {"items": found[:limit]}, "_links": {}}
        kinds = {"products-uuid": self.products, "products": self.products, "product-models": self.models}
        name = path.removeprefix("/api/rest/v1/")
        if name not in kinds:
            return 404, {}, {"code": 404, "message": f"No route found for 'GET {path}'"}
        codes = asked["attributes"].split(",") if "attributes" in asked else None
        if codes and (unknown := [code for code in codes if code not in self.attributes]):
            return 422, {}, {"code": 422, "message": f"The {unknown[0]} attribute does not exist."}
        since = self._since(search)
        keys = sorted(key for key, each in kinds[name].items() if since is None or self._changed(each) > since)
        keys = [key for key in keys if key > asked.get("search_after", "")][:limit]
        items = [self.shown(kinds[name][key], codes) for key in keys]
        links = {}
        if len(items) == limit:
            following = asked | {"search_after": keys[-1]}
            links["next"] = {"href": f"{URL}{path}?{urlencode(following)}"}
        return 200, {}, {"_links": links, "_embedded": {"items": items}}

    def _since(self, search: dict[str, Any]) -> datetime | None:
        if "updated" not in search:
            return None
        (wanted,) = search["updated"]
        assert wanted["operator"] == ">", wanted
        return datetime.strptime(wanted["value"], "%Y-%m-%d %H:%M:%S").replace(tzinfo=UTC)

    def _changed(self, resource: dict[str, Any]) -> datetime:
        """Return when it changed, or a model that it is a variant of."""
        own = datetime.fromisoformat(resource["updated"])
        parent = self.models.get(resource["parent"] or "")
        return own if parent is None else max(own, self._changed(parent))

    def shown(self, resource: dict[str, Any], codes: list[str] | None = None) -> dict[str, Any]:
        """Return a product or a model as the API writes it, with what it inherits."""
        values = self._values(resource)
        return resource | {"values": values if codes is None else {c: v for c, v in values.items() if c in codes}}

    def _values(self, resource: dict[str, Any]) -> dict[str, Any]:
        parent = self.models.get(resource["parent"] or "")
        return ({} if parent is None else self._values(parent)) | resource["values"]

    def ask(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes | None = None, **_limits: object
    ) -> Answered:
        """Stand in for `web.ask`, where no sockets are."""
        known = {name.lower(): value for name, value in headers.items()}
        status, more, document = self.answer(method, url.removeprefix(URL), known, body or b"")
        said = {name.lower(): value for name, value in more.items()}
        return Answered(status, json.dumps(document), {"date": format_datetime(self.now, usegmt=True), **said})


@contextmanager
def served(double: AkeneoDouble) -> Iterator[str]:
    """Serve a double on this machine, and return its URL."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, more, document = double.answer(self.command, self.path, headers, body)
            data = json.dumps(document).encode()
            self.send_response_only(status)
            self.send_header("Date", format_datetime(double.now, usegmt=True))
            for name, value in {**more, "Content-Length": str(len(data))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(data)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
