"""Signed URLs: the whole service call against the bare signature, and against botocore's signer with an RSA key.

- `sign_url`: the asset handed over from memory, rights decided, path made, policy written, ECDSA P-256 with SHA-256.
- a gallery: `sign_assets`, likewise, of an asset with every web rendition, and the URL of each; one signature for all.
  Bar: 3 bare signatures a URL. A gallery of one file an asset is the worst that there is, and printed beside it.
- the bare signature: `cryptography` signing a message of the same length with the same kind of key, with a random
  nonce. No service that signs each URL can be faster; bar: 0.7 of it.
- botocore: `CloudFrontSigner` with a canned policy and RSA-2048 with SHA-1, as AWS's examples have it; it looks at no
  rights. Bar: 5 times as many.

All in one process, in turn; a second is one of processor time, a rate is of URLs. The exit code is the number of bars
that are missed.
"""

import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from statistics import median
from typing import NamedTuple

from botocore.signers import CloudFrontSigner as BotocoreSigner
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from assetwire.adapters.url_signer import CloudFrontSigner
from assetwire.domain.asset import Asset
from assetwire.domain.inspection import Inspection, Kind, Status
from assetwire.domain.rights import Rights, Usage, Window
from assetwire.domain.shown import Delivered
from assetwire.domain.spec import profiles
from assetwire.services.gallery_urls import AssetUrls, Viewers, sign_assets
from assetwire.services.signed_url import sign_url
from bench.measure import show

ROUNDS = 15
ASSET_ID = "a" + "b2c3d4e5f6g7h2i3j4k5l6m7n"
VERSION_ID = "20261101t120000-abcdefgh"
BASE_URL = "https://d111111abcdef8.cloudfront.net"
BAR_OF_SIGNATURE, BAR_OF_GALLERY, BAR_OF_BOTOCORE = 0.7, 3.0, 5.0


class InMemoryAssets:
    """An AssetReader that knows one asset."""

    def __init__(self, asset: Asset) -> None:
        self._asset = asset

    def asset(self, asset_id: str) -> Asset:
        """Return the asset."""
        assert asset_id == self._asset.asset_id
        return self._asset


def licensed_asset(now: datetime) -> Asset:
    """Return an accepted asset with rights for a year in three countries, and every web rendition delivered."""
    rights = Rights(
        holder="Studio",
        windows=(Window(starts=now - timedelta(days=1), ends=now + timedelta(days=365)),),
        territories=("AT", "CH", "DE"),
        usages=(Usage.WEB, Usage.SOCIAL),
    )
    names = tuple(output.name for spec in profiles() if spec.name == "web" for output in spec.outputs)
    return Asset(
        asset_id=ASSET_ID,
        status=Status.ACCEPTED,
        current_version=VERSION_ID,
        current_order="1",
        file_name="master.jpg",
        inspection=Inspection(
            status=Status.ACCEPTED, kind=Kind.IMAGE, sha256="0" * 64, bytes=1, width=6000, height=4000
        ),
        rights=rights,
        delivered=Delivered(generation=1, version_id=VERSION_ID, renditions=names, usages=(Usage.WEB,)),
        created_at=now,
        updated_at=now,
    )


class Contender(NamedTuple):
    """Something that mints URLs: so many a call, in so many calls a round."""

    call: Callable[[], object]
    times: int
    urls: int = 1


def contenders() -> dict[str, Contender]:
    """Return what is compared, by its name."""
    asset = licensed_asset(datetime.now(UTC))
    assets = InMemoryAssets(asset)
    key = ec.generate_private_key(ec.SECP256R1())
    pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    signer = CloudFrontSigner("K2JCJMDEHXQW5F", pem)

    def whole_service() -> str:
        return sign_url(
            ASSET_ID,
            "web-1600.avif",
            territories=("DE",),
            usage="web",
            ttl=3600,
            assets=assets,
            signer=signer,
            base_url=BASE_URL,
            maximum_ttl=86400,
            bucket=600,
            now=datetime.now(UTC),
        ).url

    names = asset.delivered.renditions if asset.delivered else ()

    def gallery_of(files: Sequence[str]) -> list[str]:
        (signed,) = sign_assets(
            [asset],
            viewers=Viewers(("DE",), "web", 3600),
            signer=signer,
            base_url=BASE_URL,
            maximum_ttl=86400,
            bucket=600,
            now=datetime.now(UTC),
        ).values()
        assert isinstance(signed, AssetUrls)
        return [signed.url(name) for name in files]

    url = whole_service().split("?")[0]
    policy = f'{{"Statement":[{{"Resource":"{url}","Condition":{{"DateLessThan":{{"AWS:EpochTime":1793534400}}}}}}]}}'
    message = policy.encode()

    def bare_signature() -> bytes:
        return key.sign(message, ec.ECDSA(hashes.SHA256()))

    rsa_key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    botocore = BotocoreSigner("K2JCJMDEHXQW5F", lambda m: rsa_key.sign(m, padding.PKCS1v15(), hashes.SHA1()))  # noqa: S303

    def with_botocore() -> str:
        return botocore.generate_presigned_url(url, date_less_than=datetime.now(UTC) + timedelta(hours=1))

    return {
        "sign_url, ECDSA P-256": Contender(whole_service, 3000),
        f"gallery of {len(names)} files an asset, ECDSA P-256": Contender(lambda: gallery_of(names), 1000, len(names)),
        "gallery of one file an asset, ECDSA P-256": Contender(lambda: gallery_of(names[:1]), 2000),
        "signature alone, ECDSA P-256": Contender(bare_signature, 3000),
        "botocore, RSA-2048": Contender(with_botocore, 300),
    }


def rate(contender: Contender) -> float:
    """Return URLs a second of processor time."""
    call = contender.call
    started = time.process_time()
    for _ in range(contender.times):
        call()
    return contender.times * contender.urls / (time.process_time() - started)


def main() -> int:
    """Run all contenders in turn and print rates and ratios; return how many bars are missed."""
    compared = contenders()
    rates: dict[str, list[float]] = {name: [] for name in compared}
    for contender in compared.values():
        rate(contender)  # warm up
    for _ in range(ROUNDS):
        for name, contender in compared.items():
            rates[name].append(rate(contender))
    show(
        ("contender", "a second", "µs each"),
        [(n, f"{median(r):,.0f}", f"{1e6 / median(r):.1f}") for n, r in rates.items()],
    )
    ours, gallery, of_one, bare, botocore = rates.values()
    of_signature = median(a / b for a, b in zip(ours, bare, strict=True))
    of_gallery, of_worst = (median(a / b for a, b in zip(each, bare, strict=True)) for each in (gallery, of_one))
    of_botocore = median(a / b for a, b in zip(ours, botocore, strict=True))
    print(
        f"ratio ours/signature alone: {of_signature:.2f} (bar ≥ {BAR_OF_SIGNATURE}), "
        f"ours/botocore: {of_botocore:.1f} (bar ≥ {BAR_OF_BOTOCORE:.0f})"
    )
    print(f"ratio gallery/signature alone: {of_gallery:.1f} (bar ≥ {BAR_OF_GALLERY:.0f}), of one file: {of_worst:.2f}")
    return missed(of_signature, of_gallery, of_botocore)


def missed(of_signature: float, of_gallery: float, of_botocore: float) -> int:
    """Return how many of these ratios are below their bars."""
    reached = (of_signature >= BAR_OF_SIGNATURE, of_gallery >= BAR_OF_GALLERY, of_botocore >= BAR_OF_BOTOCORE)
    return reached.count(False)


if __name__ == "__main__":
    raise SystemExit(main())
