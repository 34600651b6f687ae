"""Webhooks of other systems, let in by their signatures → the queue of the mirror; nothing else happens here."""

from assetwire import bootstrap
from assetwire.api import Accepted, Api, Request


def receive(request: Request) -> Accepted:
    source = request.path.get("source", "")
    return Accepted({"id": bootstrap.webhooks()(source, request.headers, request.content), "source": source})


handler = Api({"POST /webhooks/{source}": receive})
