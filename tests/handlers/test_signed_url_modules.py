"""What minting loads, by running it: botocore's clients, and neither boto3 nor PynamoDB nor anything that draws."""

import json
import subprocess
import sys
from importlib.util import find_spec

from crash.api_calls import proxy_event
from crash.cases import delivered_asset
from crash.world import ROOT, World
from fakes.signing_key import PRIVATE_PEM

NEVER = ("boto3", "pynamodb", "PIL", "pyvips", "av", "moto")
_PROGRAM = """
import json, os, sys
said = json.loads(sys.stdin.read())
sys.path[:0] = said["paths"]
os.environ.clear()
os.environ.update(said["environment"])
import handler
from botocore.stub import Stubber
from assetwire.adapters import clients
for service, answers in said["answers"].items():
    stubber = Stubber(clients.client(service))
    for method, answer in answers:
        stubber.add_response(method, answer)
    stubber.activate()
answers = [handler.handler(event, None) for event in said["events"]]
print(json.dumps({"answers": answers, "modules": sorted(sys.modules)}))
"""
"""A process of its own, in which AWS answers what it is told to."""


def test_minting_by_every_route_loads_neither_boto3s_resources_nor_pynamodb(world: World) -> None:
    asset = delivered_asset(world)
    key = {"pk": {"S": f"ASSET#{asset.asset_id}"}, "sk": {"S": "META"}}
    (item,) = (each for each in world.items() if each.items() >= key.items())
    secret = {"SecretString": json.dumps({"SigningKeyA": PRIVATE_PEM, "TokenKeyA": "a secret"})}
    many = {"Responses": {world.environment["CATALOG_TABLE"]: [item]}}
    path = {"asset_id": asset.asset_id, "rendition": "web-320.jpg"}
    files = {"items": [{**path, "territory": "DE"}]}
    whole = {"asset_ids": [asset.asset_id], "territory": "DE"}
    said = {
        "paths": [str(ROOT / "functions" / "signed_url"), str(ROOT / "layers" / "shared")],
        "environment": {
            **world.environment,
            "AWS_DEFAULT_REGION": world.environment["AWS_REGION"],
            "AWS_ACCESS_KEY_ID": "x",
            "AWS_SECRET_ACCESS_KEY": "x",
        },
        "answers": {
            "secretsmanager": [("get_secret_value", secret)] * 2,
            "dynamodb": [("get_item", {"Item": item})] * 2 + [("batch_get_item", many)] * 2,
        },
        "events": [
            proxy_event("mint_url", query={"territory": "DE"}, **path),
            proxy_event("mint_url", query={"form": "path", "channel": "walmart-us"}, **path),
            proxy_event("mint_url", body=files) | {"httpMethod": "POST", "resource": "/urls"},
            proxy_event("mint_url", body=whole) | {"httpMethod": "POST", "resource": "/cookies"},
        ],
    }
    done = subprocess.run(
        [sys.executable, "-c", _PROGRAM], input=json.dumps(said), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout.splitlines()[-1])
    assert [answer["statusCode"] for answer in found["answers"]] == [200] * 4, found["answers"]
    assert '"url":"' in found["answers"][2]["body"]
    assert '"cookies":{' in found["answers"][3]["body"]
    assert {"botocore.session", "cryptography"} <= set(found["modules"])
    assert [name for name in found["modules"] if name.split(".")[0] in NEVER] == []


def test_what_must_not_be_loaded_is_there_to_be_loaded() -> None:
    """Else the test above would say nothing."""
    assert {"boto3", "pynamodb"} <= set(NEVER)
    assert all(find_spec(name) for name in ("boto3.resources", "pynamodb"))
