"""The API of uploads: forms, uploads in parts, and what became of an upload."""

from typing import Any

from assetwire import bootstrap
from assetwire.api import Api, Request
from assetwire.requests import (
    AbortQuery,
    CompleteRequest,
    MultipartRequest,
    PartsQuery,
    PartsRequest,
    UploadQuery,
    UploadRequest,
)


def find_upload(request: Request) -> dict[str, Any]:
    query = request.parameters(UploadQuery)
    return bootstrap.uploads().find(query.key, query.s3_version).model_dump(mode="json")


def request_upload(request: Request) -> dict[str, Any]:
    return bootstrap.uploads().request(request.body(UploadRequest))._asdict()


def begin_multipart(request: Request) -> dict[str, Any]:
    return bootstrap.uploads().begin(request.body(MultipartRequest))._asdict()


def sign_parts(request: Request) -> dict[str, Any]:
    signed = bootstrap.uploads().sign(request.body(PartsRequest))
    return {"urls": [each._asdict() for each in signed.urls], "expires_in": signed.expires_in}


def list_parts(request: Request) -> dict[str, Any]:
    done = bootstrap.uploads().parts(request.parameters(PartsQuery))
    return {"parts": [each._asdict() for each in done.parts], "next_after": done.next_after}


def complete_multipart(request: Request) -> dict[str, Any]:
    return bootstrap.uploads().complete(request.body(CompleteRequest))._asdict()


def abort_multipart(request: Request) -> dict[str, Any]:
    return bootstrap.uploads().abort(request.parameters(AbortQuery))


handler = Api(
    {
        "GET /uploads": find_upload,
        "POST /uploads": request_upload,
        "POST /uploads/multipart": begin_multipart,
        "GET /uploads/multipart": list_parts,
        "DELETE /uploads/multipart": abort_multipart,
        "POST /uploads/multipart/parts": sign_parts,
        "POST /uploads/multipart/complete": complete_multipart,
    }
)
