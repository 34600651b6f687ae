"""The local edge over real loopback HTTP, with the real template and a bucket in memory."""

import copy
import http.client
import io
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, Self

from botocore.exceptions import ClientError
from botocore.response import StreamingBody
from botocore.signers import CloudFrontSigner
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from assetwire_cli.edge.cache import ResponseCache
from assetwire_cli.edge.function import FunctionRuntime
from assetwire_cli.edge.server import Edge, EdgeServer
from assetwire_cli.edge.template import evaluate, load_document

DOCUMENT = load_document(Path(__file__).parents[2] / "template.yaml")
PRIVATE = ec.generate_private_key(ec.SECP256R1())
PRIVATE_PEM = PRIVATE.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
PEM = (
    PRIVATE.public_key()
    .public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    .decode()
)
BASE = "http://media.example:4580"
KEY = "a1/g1/v1/web 800.jpg"
PATH = "/a1/g1/v1/web%20800.jpg"
BODY = bytes(range(200))


class FakeBucket:
    """S3 as the origin sees it, counting its reads."""

    def __init__(self) -> None:
        self.objects: dict[str, dict[str, Any]] = {}
        self.reads: list[str] = []
        self.failure: Exception | None = None

    def put(self, key: str, body: bytes, **fields: Any) -> None:
        self.objects[key] = {"body": body, **fields}

    def get_object(self, *, Bucket: str, Key: str) -> Any:  # noqa: N803 - boto3's names
        assert Bucket == "delivery"
        self.reads.append(Key)
        if self.failure is not None:
            raise self.failure
        if Key not in self.objects:
            raise client_error("NoSuchKey", 404)
        fields = dict(self.objects[Key])
        body = fields.pop("body")
        return {**fields, "Body": StreamingBody(io.BytesIO(body), len(body))}


def client_error(code: str, status: int) -> ClientError:
    answer: Any = {"Error": {"Code": code}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "GetObject")


class World:
    """One edge with its clock, cache, bucket and a keep-alive connection; its functions only if they are wanted."""

    def __init__(self, functions: bool = False, key: str = KEY, **template_changes: Any) -> None:
        self.now = datetime(2030, 1, 1, 12, tzinfo=UTC)
        self.bucket = FakeBucket()
        self.bucket.put(
            key,
            BODY,
            ContentType="image/jpeg",
            ETag='"abc"',
            CacheControl="public, max-age=600",
            LastModified=datetime(2029, 12, 31, 23, 0, 1, tzinfo=UTC),
            Metadata={"cache-tag": "asset:a1"},
        )
        document = copy.deepcopy(DOCUMENT)
        config = document["Resources"]["Distribution"]["Properties"]["DistributionConfig"]
        for name, value in template_changes.items():
            config["DefaultCacheBehavior"][name] = value
        if not functions:
            del config["DefaultCacheBehavior"]["FunctionAssociations"]
            del config["CacheBehaviors"]
        distribution = evaluate(
            document, {"SigningPublicKeyA": PEM, "CorsOrigins": "https://house.example, https://*.shop.example"}
        )
        self.cache = ResponseCache(self.clock, tag_header=distribution.tag_header)
        self.functions = {name: FunctionRuntime(each.code) for name, each in distribution.functions.items()}
        edge = Edge(
            distribution,
            bucket="delivery",
            store=self.bucket,
            cache=self.cache,
            base_url=f"{BASE}/",
            functions=self.functions,
            clock=self.clock,
        )
        self.server = EdgeServer(edge)
        self.connection = http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=10)

    def clock(self) -> datetime:
        return self.now

    def sign(self, path: str = PATH, seconds: float = 3600, base: str = BASE) -> str:
        signer = CloudFrontSigner("SigningKeyA", lambda text: PRIVATE.sign(text, ec.ECDSA(hashes.SHA256())))
        url = signer.generate_presigned_url(f"{base}{path}", date_less_than=self.now + timedelta(seconds=seconds))
        return url.removeprefix(base) + "&Hash-Algorithm=SHA256"

    def ask(self, target: str, method: str = "GET", **headers: str) -> tuple[http.client.HTTPResponse, bytes]:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self.connection.request(method, target, headers=named)
        response = self.connection.getresponse()
        return response, response.read()

    def __enter__(self) -> Self:
        self.server.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()
        self.server.stop()
        for function in self.functions.values():
            function.close()


def refusal(response: http.client.HTTPResponse) -> tuple[int, str | None]:
    """Return the status of a refusal, and its reason."""
    return response.status, response.headers["X-Assetwire-Edge-Reason"]
