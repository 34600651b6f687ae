"""The local edge's HTTP server: a signature is judged on every request, then the cache is asked, then the origin."""

import re
import socketserver
import sys
import threading
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Protocol
from urllib.parse import unquote

from botocore.exceptions import BotoCoreError, ClientError

from assetwire_cli.edge.cache import Answer, CacheKey, ResponseCache, lifetime
from assetwire_cli.edge.events import COUNTRY, headers_of, request_event, response_event, target_of
from assetwire_cli.edge.function import FunctionError
from assetwire_cli.edge.messages import Request, Response
from assetwire_cli.edge.response_headers import decorated
from assetwire_cli.edge.signature import judge, without_signature
from assetwire_cli.edge.template import Behaviour, Distribution

MAXIMUM_URL_BYTES = 8192
"""Longest URL that CloudFront accepts (Developer Guide, "Request and response behavior")."""

_UNRESERVED = re.compile(r"%(2[DdEe]|3[0-9]|4[1-9A-Fa-f]|5[0-9AaFf]|6[1-9A-Fa-f]|7[0-9AaEe])")
_PHRASES = {status.value: status.phrase.replace(" ", "") for status in HTTPStatus}
_ERROR_CODES = {400: "BadRequest", 403: "AccessDenied", 404: "NotFound", 405: "MethodNotAllowed", 413: "EntityTooLarge"}
_ERROR_MESSAGES = {403: "Access denied"}
_FROM_S3 = {
    "ContentType": "Content-Type",
    "CacheControl": "Cache-Control",
    "ContentDisposition": "Content-Disposition",
    "ContentEncoding": "Content-Encoding",
    "ContentLanguage": "Content-Language",
    "ETag": "ETag",
}
_KEPT_BY_NOT_MODIFIED = frozenset({"cache-control", "etag", "last-modified"})


class ObjectStore(Protocol):
    """The part of boto3's S3 client that is used here."""

    def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803 - boto3's own shape and names
        """Return an object, or raise `ClientError`."""


class Function(Protocol):
    """A viewer function that can be run."""

    def run(self, event: Mapping[str, Any], at: datetime) -> dict[str, Any]:
        """Return the request or the response that it makes of an event, or raise `FunctionError`."""


class Edge:
    """Answers one viewer request as the distribution would, without a socket."""

    def __init__(
        self,
        distribution: Distribution,
        *,
        bucket: str,
        store: ObjectStore,
        cache: ResponseCache,
        base_url: str,
        functions: Mapping[str, Function],
        viewer_country: str = "",
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._distribution = distribution
        self._bucket = bucket
        self._store = store
        self._cache = cache
        self._base_url = base_url.rstrip("/")
        self._functions = functions
        self._viewer_country = viewer_country
        self._clock = clock

    def answer(self, request: Request) -> Response:
        """Answer a viewer's request."""
        if not re.fullmatch(r"/[!-~]*", request.target):
            return _error(400, "malformed")
        if len(self._base_url) + len(request.target) > MAXIMUM_URL_BYTES:
            return _error(413, "url_too_long")
        path = _UNRESERVED.sub(lambda match: unquote(match[0]), request.target.partition("?")[0])
        behaviour = self._distribution.behaviour_for(path)
        refusal = self._refusal(request, behaviour)
        if refusal is not None:
            return decorated(refusal, behaviour.response, request)
        try:
            return self._answer(request, behaviour)
        except FunctionError:
            return decorated(_error(503, "function_failed"), behaviour.response, request)

    def _answer(self, request: Request, behaviour: Behaviour) -> Response:
        """Answer what the behaviour admits: its functions see the request first and the response last."""
        cookies = _cookies(request.headers.get("cookie", ""))
        country = request.headers.get(COUNTRY, self._viewer_country) if behaviour.asks_country else ""
        event = request_event(
            request.method, request.target, request.headers, request.ip, cookies=cookies, country=country
        )
        asked = event["request"]
        if "viewer-request" in behaviour.functions:
            asked = self._functions[behaviour.functions["viewer-request"]].run(event, self._clock())
            if "statusCode" in asked:
                return decorated(_of_function(asked), behaviour.response, request)
        response = decorated(self._respond(request, target_of(asked), behaviour), behaviour.response, request)
        if "viewer-response" not in behaviour.functions or response.status >= HTTPStatus.BAD_REQUEST:
            return response  # CloudFront runs no function for an origin's error
        event = response_event(asked, response.status, response.headers, request.ip)
        made = self._functions[behaviour.functions["viewer-response"]].run(event, self._clock())
        return Response(made["statusCode"], headers_of(made), response.body)

    def _refusal(self, request: Request, behaviour: Behaviour) -> Response | None:
        """Return the refusal of a request that the behaviour does not admit: by its method, or by its signature."""
        if request.method not in behaviour.allowed_methods or request.method not in ("GET", "HEAD", "OPTIONS"):
            return _error(405, "method_not_allowed")
        if behaviour.keys is not None:
            url, cookies = self._base_url + request.target, _cookies(request.headers.get("cookie", ""))
            verdict = judge(url, behaviour.keys, self._clock(), request.ip, cookies)
            if not verdict.allowed:
                return _error(403, verdict.reason)
        return None

    def _respond(self, request: Request, target: str, behaviour: Behaviour) -> Response:
        """Answer from the cache or from the origin."""
        if request.method == "OPTIONS":
            return self._preflight()
        key = _cache_key(target, behaviour)
        if key is None:
            return _error(403, "no_such_object")
        cached = self._cache.get(key)
        if cached is not None:
            answer, age = cached
            return _viewer_response(answer, request, (("X-Cache", _x_cache(answer, "Hit")), ("Age", str(age))))
        mark = self._cache.mark()
        answer = self._fetch(key.path)
        if answer.status == HTTPStatus.OK:
            seconds = lifetime(answer.header("Cache-Control"), behaviour.cache)
        else:
            seconds = self._distribution.error_ttl(answer.status)
        self._cache.put(key, answer, seconds, mark)
        return _viewer_response(answer, request, (("X-Cache", _x_cache(answer, "Miss")),))

    def _preflight(self) -> Response:
        """Answer OPTIONS, which CloudFront passes on: S3 refuses it on a bucket without a CORS configuration."""
        if not self._distribution.answers_preflight:
            return _error(403, "bucket_without_cors")
        return Response(200, (("Content-Length", "0"), ("X-Cache", "Miss from cloudfront")))

    def _fetch(self, path: str) -> Answer:
        """Read from the bucket as the origin access control does, which may not list: a missing key is a 403."""
        try:
            found = self._store.get_object(Bucket=self._bucket, Key=path[1:])
            with found["Body"] as stream:
                body = stream.read()
        except ClientError as error:
            code = error.response.get("Error", {}).get("Code", "")
            status = error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 502)
            if code in ("NoSuchKey", "AccessDenied", "403", "404"):
                return _error_answer(403, "no_such_object")
            return _error_answer(status if 400 <= status < 600 else 502, "origin_error")
        except (BotoCoreError, OSError):
            return _error_answer(502, "origin_unreachable")
        headers = [(name, str(found[field])) for field, name in _FROM_S3.items() if found.get(field)]
        if found.get("LastModified"):
            headers.append(("Last-Modified", format_datetime(found["LastModified"].astimezone(UTC), usegmt=True)))
        headers.extend((f"x-amz-meta-{name}", value) for name, value in found.get("Metadata", {}).items())
        return Answer(200, (*headers, ("Accept-Ranges", "bytes")), body)


def _cache_key(target: str, behaviour: Behaviour) -> CacheKey | None:
    """Return the key of a target that can name an object: dot segments never reach S3."""
    raw_path, _, query = target.partition("?")
    try:
        path = unquote(raw_path, errors="strict")
    except UnicodeDecodeError:
        return None
    if path == "/" or {".", ".."} & set(path.split("/")):
        return None
    return CacheKey(path, without_signature(query) if behaviour.cache.query_in_key else "")


def _x_cache(answer: Answer, word: str) -> str:
    return f"{'Error' if answer.status >= 400 else word} from cloudfront"


def _error_answer(status: int, reason: str) -> Answer:
    code = _ERROR_CODES.get(status, _PHRASES.get(status, "Error"))
    message = _ERROR_MESSAGES.get(status, code)
    body = f'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>{code}</Code><Message>{message}</Message></Error>'
    return Answer(status, (("Content-Type", "application/xml"), ("X-Assetwire-Edge-Reason", reason)), body.encode())


def _error(status: int, reason: str) -> Response:
    answer = _error_answer(status, reason)
    length = ("Content-Length", str(len(answer.body)))
    return Response(status, (*answer.headers, length, ("X-Cache", "Error from cloudfront")), answer.body)


def _of_function(made: Mapping[str, Any]) -> Response:
    """Return the response that a function made in place of the origin."""
    headers = headers_of(made)
    reason = next((value for name, value in headers if name == "X-Assetwire-Reason"), "function")
    added = (("Content-Length", "0"), ("X-Cache", "FunctionGeneratedResponse from cloudfront"))
    return Response(made["statusCode"], (*headers, *added, ("X-Assetwire-Edge-Reason", reason)))


def _viewer_response(answer: Answer, request: Request, added: tuple[tuple[str, str], ...]) -> Response:
    """Make the viewer's response: whole, not modified, or one byte range."""
    whole = Response(answer.status, (*answer.headers, ("Content-Length", str(len(answer.body))), *added), answer.body)
    if answer.status != HTTPStatus.OK:
        return whole
    if _not_modified(answer, request):
        kept = tuple(each for each in answer.headers if each[0].lower() in _KEPT_BY_NOT_MODIFIED)
        return Response(304, (*kept, *added))
    asked = request.headers.get("range")
    if asked is None or request.method != "GET" or not _range_applies(answer, request):
        return whole
    total = len(answer.body)
    match = re.fullmatch(r"bytes=([0-9]{0,18})-([0-9]{0,18})", asked.strip())
    if match is None or match[0].strip() == "bytes=-" or (match[1] and match[2] and int(match[1]) > int(match[2])):
        return whole
    start = int(match[1]) if match[1] else max(0, total - int(match[2]))
    end = min(int(match[2]), total - 1) if match[1] and match[2] else total - 1
    if start >= total:
        refused = _error(416, "range_not_satisfiable")
        return Response(416, (*refused.headers, ("Content-Range", f"bytes */{total}")), refused.body)
    part = answer.body[start : end + 1]
    ranged = (("Content-Length", str(len(part))), ("Content-Range", f"bytes {start}-{end}/{total}"))
    return Response(206, (*answer.headers, *ranged, *added), part)


def _not_modified(answer: Answer, request: Request) -> bool:
    none_match, since = request.headers.get("if-none-match"), request.headers.get("if-modified-since")
    if none_match is not None:
        etag = (answer.header("ETag") or "").removeprefix("W/")
        return none_match.strip() == "*" or etag in [each.strip().removeprefix("W/") for each in none_match.split(",")]
    modified = answer.header("Last-Modified")
    if since is None or modified is None:
        return False
    try:
        return parsedate_to_datetime(modified) <= parsedate_to_datetime(since)
    except (TypeError, ValueError):
        return False


def _range_applies(answer: Answer, request: Request) -> bool:
    condition = request.headers.get("if-range")
    return condition is None or condition in (answer.header("ETag"), answer.header("Last-Modified"))


def _cookies(header: str) -> dict[str, str]:
    """Return the cookies of a request by name; of one that comes twice, the first."""
    pairs = [pair.strip().partition("=") for pair in header.split(";")]
    return {name: value for name, _, value in reversed(pairs) if name}


class _Handler(BaseHTTPRequestHandler):
    """Carries requests to the edge and its responses back."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1
    timeout = 75  # seconds that an idle connection is kept
    server: "_Listener"

    def _handle(self) -> None:
        words = self.requestline.split()
        target = words[1] if len(words) == 3 else ""  # the raw one: `self.path` has leading slashes collapsed
        headers = {name.lower(): value for name, value in self.headers.items()}
        response = self.server.edge.answer(Request(self.command, target, headers, self.client_address[0]))
        if headers.get("content-length", "0") != "0" or "transfer-encoding" in headers:
            self.close_connection = True  # its body is not read
        self.send_response(response.status)
        for name, value in response.headers:
            self.send_header(name, value)
        if self.close_connection:
            self.send_header("Connection", "close")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(response.body)

    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = _handle  # noqa: N815 - http.server's names

    def version_string(self) -> str:
        """Name the server without its Python version."""
        return "assetwire-edge"

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's name
        """Write no access log."""


class _Listener(ThreadingHTTPServer):
    """The listening socket; every connection has a daemon thread of its own."""

    daemon_threads = True
    request_queue_size = 128

    def __init__(self, port: int, edge: Edge) -> None:
        self.edge = edge
        super().__init__(("127.0.0.1", port), _Handler)

    def server_bind(self) -> None:
        """Bind without asking a name server for this machine's name."""
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = "127.0.0.1", self.server_address[1]

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Report errors to stderr, but not viewers who hang up."""
        if not isinstance(sys.exception(), ConnectionError | TimeoutError):
            super().handle_error(request, client_address)


class EdgeServer:
    """Serves an edge on 127.0.0.1 in a background thread; port 0 takes any free one."""

    def __init__(self, edge: Edge, port: int = 0) -> None:
        self._listener = _Listener(port, edge)
        self._thread = threading.Thread(target=self._listener.serve_forever, args=(0.02,), name="edge", daemon=True)

    @property
    def port(self) -> int:
        """The port that is listened on."""
        return self._listener.server_port

    def start(self) -> None:
        """Serve from now on, until `stop`."""
        self._thread.start()

    def stop(self) -> None:
        """Stop serving and free the port."""
        self._listener.shutdown()
        self._thread.join(timeout=10)
        self._listener.server_close()
