"""A template and a vocabulary change over many assets: each asset once, in runs that stop and go on again.

`python -m bench.revalidation [ASSETS]` (10,000) runs the job on a Catalog in memory: what is measured is judging and
stepping. With `--stack` (300) it does the same on an embedded stack of its own, through the API, the relay and the
queues. Exit code 0 if every asset was done once and counted once.
"""

import json
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the Catalog in memory is the tests'

from assetwire.adapters.catalog.images import value_of
from assetwire.adapters.catalog.table import Table
from assetwire.domain.asset import Asset, AssetStatus, UploadRecord, Version
from assetwire.domain.metadata import FieldValue, Metadata, Origin
from assetwire.domain.outbox import Record
from assetwire.domain.rules import RuleKind
from assetwire.services.jobs import advance
from assetwire.services.judging import Judge
from assetwire.services.revalidation import judging_works
from assetwire.services.rules import put_rule
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import Target
from fakes import some
from fakes.catalog import FakeCatalog

COLOURS = ("red", "green", "blue", "black", "white")


def vocabulary(without: str = "") -> dict[str, Any]:
    """Return the vocabulary of colours, one of them deprecated if it is named."""
    terms = [{"id": each, "labels": {"en": each.title()}, "deprecated": each == without} for each in COLOURS]
    return {"name": "colours", "terms": terms}


def template(longest: int) -> dict[str, Any]:
    """Return the template of shoes: a headline of so many characters at the most, and a colour as the label."""
    rules = {"headline": {"max_length": longest}, "label": {"vocabulary": {"name": "colours"}}}
    return {"name": "shoes", "fields": rules}


class LargeCatalog(FakeCatalog):
    """The Catalog in memory, with a look-up of versions that does not scan it."""

    def __init__(self) -> None:
        super().__init__(stale_index=True)
        self._versions: dict[str, dict[str, Version]] = {}

    def versions(self, asset_id: str) -> list[Version]:
        """Return all versions of an asset, oldest first."""
        return sorted(self._versions[asset_id].values(), key=lambda version: version.upload.order)

    def _write(self, *records: Record) -> None:
        super()._write(*records)
        for record in records:
            if isinstance(record, Version):
                self._versions.setdefault(record.asset_id, {})[record.version_id] = record


class InMemory:
    """A Catalog in memory with so many shoes, whose jobs die after every so many writes."""

    def __init__(self, assets: int) -> None:
        self.catalog, self.assets = LargeCatalog(), assets
        self.put(RuleKind.VOCABULARY, vocabulary())
        self.put(RuleKind.TEMPLATE, template(100))
        for number in range(assets):
            self._asset(number)
        self.catalog.catch_up()
        self.catalog.changes.clear()

    def put(self, kind: RuleKind, body: dict[str, Any]) -> str | None:
        """Change a rule; return the job that it sets going."""
        known = {"store": self.catalog, "judge": Judge(self.catalog), "now": some.NOW}
        change = put_rule(kind, body["name"], json.dumps(body), **known).change  # type: ignore[arg-type]
        return change.job_id if change else None

    def _asset(self, number: int) -> None:
        says = {"headline": "x" * (number % 20 + 1), "label": COLOURS[number % 5].upper(), "keywords": ["shoe"] * 10}
        fields = {name: FieldValue(value=value, source=Origin.XMP) for name, value in says.items()}
        version = some.version(f"{number}.jpg", number % 50_000)
        read = version.inspection.model_copy(update={"metadata": Metadata(fields=fields)})
        version = version.model_copy(update={"inspection": read})
        asset = Asset.of(version, now=version.upload.uploaded_at).model_copy(update={"category": "shoes"})
        note = UploadRecord(upload=version.upload, asset_id=asset.asset_id)
        self.catalog.record(note, version=version, asset=asset)

    def run(self, job_id: str) -> int:
        """Take the job to its end in runs that stop again and again; return how many runs it took."""
        runs = 0
        while True:
            left = iter([True] * 13)  # pages until this run's time is over
            runs += 1
            ran = advance(
                job_id,
                goes_on=lambda left=left: next(left, False),  # type: ignore[misc]
                agenda=self.catalog,
                catalog=self.catalog,
                progress=self.catalog,
                works=judging_works(catalog=self.catalog, judge=Judge(self.catalog), now=some.NOW),
                now=some.NOW,
            )
            if ran.state.value != "running":
                return runs

    def judged_once(self, job_id: str, refused: int) -> bool:
        """Print what became of a job; tell whether each asset was done once, counted once, and judged right."""
        job = self.catalog.job(job_id)
        writes = Counter(new.asset_id for _, new in self.catalog.changes if isinstance(new, Asset))
        held = [record for record in self.catalog.records.values() if isinstance(record, Asset)]
        found = sum(asset.status is AssetStatus.QUARANTINED for asset in held)
        most = max(writes.values(), default=0)
        print(f"  done {job.done} of {job.total}, changed {job.changed}; written at most {most} times; refused {found}")
        self.catalog.changes.clear()
        return job.done == self.assets and most == 1 and job.changed == len(writes) and found == refused


def in_memory(assets: int) -> int:
    """Change a template and a vocabulary over so many assets; return the exit code."""
    began = time.perf_counter()
    shop = InMemory(assets)
    print(f"  {assets} assets made in {time.perf_counter() - began:.1f} s")
    right = True
    for what, kind, body, refused in (
        ("template", RuleKind.TEMPLATE, template(10), sum(n % 20 >= 10 for n in range(assets))),
        (
            "vocabulary",
            RuleKind.VOCABULARY,
            vocabulary(without="red"),
            sum(n % 20 >= 10 or n % 5 == 0 for n in range(assets)),
        ),
    ):
        job_id, began = shop.put(kind, body), time.perf_counter()
        assert job_id is not None
        runs = shop.run(job_id)
        took = time.perf_counter() - began
        print(f"  {what} changed: {took:.1f} s in {runs} runs, {assets / took:.0f} assets a second")
        right = shop.judged_once(job_id, refused) and right
    print(f"revalidation: {assets} assets, two changes, each asset once: {right}")
    return 0 if right else 1


def on_stack(assets: int) -> int:
    """Do the same on an embedded stack of its own."""
    stack = LocalStack("validation-bench")
    stack.reset()
    try:
        return through_the_api(stack.up(lambda step: print(f"  {step}", flush=True)), assets)
    finally:
        stack.down()


def through_the_api(target: Target, assets: int) -> int:
    """Seed the Catalog with assets, change the rules through the API, and watch the jobs."""
    target.call("PUT", "/vocabularies/colours", body=vocabulary())
    first = target.call("PUT", "/templates/shoes", body=template(100))["change"]["job_id"]
    while target.call("GET", f"/jobs/{first}")["state"] == "running":  # or it would do the work of the next one
        time.sleep(0.2)
    seeded = _seed(target, assets)
    right = True
    for path, body, refused in (
        ("/templates/shoes", template(10), sum(n % 20 >= 10 for n in range(assets))),
        ("/vocabularies/colours", vocabulary(without="red"), sum(n % 20 >= 10 or n % 5 == 0 for n in range(assets))),
    ):
        began = time.perf_counter()
        job_id = target.call("PUT", path, body=body)["change"]["job_id"]
        seen: list[int] = []
        while True:
            job = target.call("GET", f"/jobs/{job_id}")
            if not seen or seen[-1] != job["done"]:
                seen.append(job["done"])
            if job["state"] != "running":
                break
            time.sleep(0.2)
        took = time.perf_counter() - began
        pages = target.client("dynamodb").get_paginator("scan").paginate(TableName=target.outputs["CatalogTable"])
        records = [value_of(item) for page in pages for item in page["Items"] if item["kind"]["S"] == "Asset"]
        found = sum(
            r.status is AssetStatus.QUARANTINED for r in records if isinstance(r, Asset) and r.category == "shoes"
        )
        print(
            f"  {path}: {job['state']} in {took:.1f} s; {job['done']} done, {job['changed']} changed, {found} refused"
        )
        print(f"  progress as the API showed it: {seen}")
        right = right and (job["done"], found) == (seeded, refused)
    held = target.held("DeadLetterQueues")
    print(f"revalidation: {assets} assets on the stack, each once: {right}; dead letters {held}")
    return 0 if right and not any(map(sum, held.values())) else 1


def _seed(target: Target, assets: int) -> int:
    shop = InMemory(assets)
    client, name = target.client("dynamodb"), target.outputs["CatalogTable"]
    table = Table(name, region=target.region)
    for record in shop.catalog.records.values():
        if isinstance(record, Asset) or type(record).__name__ == "Version":
            client.put_item(TableName=name, Item=table.item_of(record).to_dynamodb_dict())
    return assets


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:] if each.isdigit()]
    if "--stack" in sys.argv:
        raise SystemExit(on_stack(asked[0] if asked else 300))
    raise SystemExit(in_memory(asked[0] if asked else 10_000))
