"""The API of what is said of masters: manifests, what stands about one master, and what became of a drop."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.domain.outbound import public_declaration
from assetwire.requests import DeclarationQuery, DropQuery, ManifestRequest


def declare(request: Request) -> dict[str, Any]:
    applied = bootstrap.manifests().declare(request.body(ManifestRequest), **request.who)
    return {"rows": applied.rows, **applied.counts._asdict()}


def read_declarations(request: Request) -> dict[str, Any]:
    standing = bootstrap.manifests().standing(request.parameters(DeclarationQuery).key)
    return {
        "key": standing.key,
        "manifest": standing.manifest and public_declaration(standing.manifest),
        "sidecar": standing.sidecar and public_declaration(standing.sidecar),
    }


def find_drop(request: Request) -> dict[str, Any]:
    found = bootstrap.manifests().find_drop(request.parameters(DropQuery))
    members = [member.model_dump(mode="json") for member in found.members]
    return {"drop": found.drop.model_dump(mode="json"), "members": members, "next_page": found.next_page}


handler = Api({"POST /manifests": declare, "GET /declarations": read_declarations, "GET /drops": find_drop})
