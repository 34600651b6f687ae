"""The API of spins: make one of photographs that are there, see one and its frames."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.requests import SpinRequest


def create_spin(request: Request) -> dict[str, Any]:
    wanted = request.body(SpinRequest)
    return bootstrap.spins().create(wanted.key, wanted.frames, rows=wanted.rows, by=request.actor)._asdict()


def read_spin(request: Request) -> dict[str, Any]:
    return bootstrap.spins().read(request.asset_id).described()


handler = Api({"POST /spins": create_spin, "GET /spins/{asset_id}": read_spin})
