"""A PIM on this machine that takes signed deltas of associations over HTTP."""

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from standardwebhooks import Webhook

from assetwire.domain.errors import Unavailable
from assetwire_cli import webhook_sources
from fakes.pim import FakePim


class PimServer:
    """A receiver with a secret of its own; whatever is not signed by it is refused, and noted in `refused`."""

    def __init__(self) -> None:
        self.pim, self.secret = FakePim(), webhook_sources.new_secret()
        self.refused: list[str] = []
        self.asked = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(self))
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/associations"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def take(self, body: bytes, headers: dict[str, str]) -> int:
        """Return the status with which a delivery is answered."""
        self.asked += 1
        try:
            message: Any = Webhook(self.secret).verify(body, headers)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it
            self.refused.append(repr(error))
            return 401
        try:
            self.pim.send(headers["webhook-id"], message)
        except Unavailable:
            return 503
        return 204

    def close(self) -> None:
        """Take nothing any more."""
        self._server.shutdown()
        self._server.server_close()


def _handler(server: PimServer) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            self.send_response(server.take(body, {name.lower(): value for name, value in self.headers.items()}))
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    return Handler
