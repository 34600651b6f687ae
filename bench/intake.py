"""A thousand distinct masters through the embedded stack, each event delivered twice: nothing lost, nothing doubled.

`python -m bench.intake [MASTERS]` brings up an embedded stack of its own, doubles every event on its way (a second rule
beside each of the template's), uploads, waits until all queues are empty, and compares the Catalog with what was sent.
Exit code 0 if every master is exactly one asset, accepted and fully rendered, and all dead-letter queues are empty.
"""

import io
import json
import random
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from PIL import Image

from assetwire.domain.plan import Subject, wanted
from assetwire.domain.rights import Usage
from assetwire.domain.spec_book import shipped_book
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import Target

MASTERS = 1000
SIDE = 48
"""Pixels of a master's edges: the pipeline is measured here, not the encoders."""


def main(masters: int = MASTERS) -> int:
    """Run the benchmark and return its exit code."""
    stack = LocalStack("bench")
    stack.reset()
    try:
        return run(stack.up(lambda step: print(f"  {step}")), masters)
    finally:
        stack.down()


def run(target: Target, masters: int) -> int:
    """Send so many masters through a stack; print what became of them."""
    double_every_event(target)
    s3, bucket = target.client("s3"), target.outputs["MastersBucketName"]
    bodies = [picture(number) for number in range(masters)]
    begun = time.perf_counter()
    with ThreadPoolExecutor(8) as pool:
        keys = [f"intake/{number:05}.jpg" for number in range(masters)]
        list(pool.map(lambda key, body: s3.put_object(Bucket=bucket, Key=key, Body=body), keys, bodies))
    sent = time.perf_counter() - begun
    wait_until_idle(target, masters)
    took = time.perf_counter() - begun

    kinds, assets, renditions = Counter[str](), [], Counter[str]()
    for item in scan(target):
        kinds[item["kind"]["S"]] += 1
        if item["kind"]["S"] == "Asset":
            assets.append(item["data"]["M"])
        if item["kind"]["S"] == "Rendition":
            renditions[item["pk"]["S"]] += 1
    specs = (spec for spec in shipped_book().profiles if spec.usage is Usage.WEB)  # the masters have no rights
    expected = sum(len(wanted(spec, Subject(SIDE, SIDE))) for spec in specs)
    complete = sum(
        asset["status"]["S"] == "accepted"
        and "rendered" in asset
        and renditions[f"ASSET#{asset['asset_id']['S']}"] == expected
        for asset in assets
    )
    letters = depths(target, "DeadLetterQueues")
    print(f"  {masters} masters uploaded in {sent:.1f} s, all through in {took:.1f} s ({masters / took:.1f} a second)")
    times = told(target)
    print(
        f"  ingest was told {times.total()} times of {len(times)} keys: {dict(Counter(times.values()))} keys by times"
    )
    print(f"  items: {dict(kinds)}; assets complete: {complete}; dead letters: {letters}")
    wanted = {"Asset": masters, "Version": masters, "Blob": masters, "Source": masters, "UploadRecord": masters}
    right = all(kinds[kind] == count for kind, count in wanted.items()) and complete == masters
    right = right and not any(letters.values())
    print(f"intake: {len(assets)} assets of {masters} masters, every event twice, ratio {len(assets) / masters:.3f}")
    return 0 if right else 1


def picture(number: int) -> bytes:
    """Return a small JPEG that no other number gives."""
    noise = random.Random(number)
    image = Image.frombytes("RGB", (SIDE, SIDE), noise.randbytes(SIDE * SIDE * 3))
    file = io.BytesIO()
    image.save(file, "JPEG")
    return file.getvalue()


def double_every_event(target: Target) -> None:
    """Put a second rule beside each of the stack's, with the same pattern and the same queues."""
    events = target.client("events")
    for bus in ("default", target.outputs["EventBusName"]):
        for rule in events.list_rules(EventBusName=bus)["Rules"]:
            if "EventPattern" not in rule:
                continue
            targets = events.list_targets_by_rule(Rule=rule["Name"], EventBusName=bus)["Targets"]
            again = f"again-{rule['Name']}"
            events.put_rule(Name=again, EventBusName=bus, EventPattern=rule["EventPattern"], State="ENABLED")
            answer = events.put_targets(
                Rule=again, EventBusName=bus, Targets=[{"Id": "again", "Arn": entry["Arn"]} for entry in targets]
            )
            assert not answer["FailedEntryCount"], json.dumps(answer, default=str)


def wait_until_idle(target: Target, masters: int, seconds: float = 1500) -> None:
    """Wait until every upload is noted, every asset is rendered, and the queues have been empty for a while."""
    deadline, quiet = time.monotonic() + seconds, 0
    while time.monotonic() < deadline and quiet < 5:
        held = depths(target, "WorkQueues")
        quiet = 0 if any(held.values()) else quiet + 1
        if quiet == 4 and sum("rendered" in item.get("data", {}).get("M", {}) for item in scan(target)) < masters:
            quiet = 0
            if any(depths(target, "DeadLetterQueues").values()):
                return
        if sys.stdout.isatty():
            print(f"  waiting: {held}", end="\r", flush=True)
        time.sleep(1)


def depths(target: Target, output: str) -> dict[str, int]:
    """Return how many messages each queue holds, waiting or in work."""
    return {consumer: sum(counts) for consumer, counts in target.held(output).items()}


def told(target: Target) -> Counter[str]:
    """Return how often ingest was told of each key, by its log."""
    pages = target.client("logs").get_paginator("filter_log_events")
    found = pages.paginate(logGroupName=f"/aws/lambda/{target.stack}-ingest")
    lines = (event["message"] for page in found for event in page["events"])
    return Counter(json.loads(line)["key"] for line in lines if '"message":"ingested"' in line)


def scan(target: Target) -> list[dict[str, Any]]:
    """Return every item of the Catalog."""
    pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=target.outputs["CatalogTable"])
    return [item for page in pages for item in page["Items"]]


if __name__ == "__main__":
    masters = int(sys.argv[1]) if len(sys.argv) > 1 else MASTERS
    if masters < 1:
        sys.exit("masters are 1 or more: of none nothing is lost")
    sys.exit(main(masters))
