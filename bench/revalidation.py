"""A template and a vocabulary change over many assets: each asset once, in runs that stop and go on again.

`python -m bench.revalidation [ASSETS]` (10,000) runs the job on a Catalog in memory: what is measured is judging and
stepping. With `--stack` (300) it does the same on an embedded stack of its own, through the API, the relay and the
queues; with `--stopped` as well, the function's worker is killed, and the whole stack stopped and started, on the way:
each time the job goes on when the lease of its run has ended, after 15 minutes. There enforce waits until the jobs are
done, so that an asset's revision counts their writes alone. Exit code 0 if every asset was done once and counted once.
"""

import json
import os
import signal
import sys
import time
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
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
from assetwire_cli.job_commands import progress_line
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import Target
from fakes import some
from fakes.catalog import FakeCatalog

Happening = tuple[float, Callable[[], None]]
"""What befalls a job once this share of its assets is done."""
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


def on_stack(assets: int, *, stopped: bool) -> int:
    """Do the same on an embedded stack of its own; return the exit code."""
    stack = LocalStack("validation-bench")
    stack.reset()
    try:
        return OnStack(stack, assets).run(stopped=stopped)
    finally:
        stack.down()


class OnStack:
    """An embedded stack with so many shoes, whose rules are changed through the API."""

    def __init__(self, stack: LocalStack, assets: int) -> None:
        self.stack, self.assets = stack, assets
        self.target = stack.up(lambda step: print(f"  {step}", flush=True))

    def run(self, *, stopped: bool) -> int:
        """Change a template and a vocabulary, and watch the jobs; return the exit code.

        With `stopped`, the first job's worker is killed when a quarter is done, and the stack is stopped and started
        when half is.
        """
        self.target.call("PUT", "/vocabularies/colours", body=vocabulary())
        self._watch(self.target.call("PUT", "/templates/shoes", body=template(100))["change"]["job_id"], [])
        self._let_enforce_run(False)
        began = time.perf_counter()
        _seed(self.target, self.assets)
        print(f"  {self.assets} assets written in {time.perf_counter() - began:.0f} s", flush=True)
        before = self._shoes()
        long_headlines = sum(n % 20 >= 10 for n in range(self.assets))
        long_or_red = sum(n % 20 >= 10 or n % 5 == 0 for n in range(self.assets))
        happenings: list[Happening] = [(1 / 4, self._kill_the_worker), (1 / 2, self._stop_and_start)] if stopped else []
        right = True
        for path, body, refused in (
            ("/templates/shoes", template(10), long_headlines),
            ("/vocabularies/colours", vocabulary(without="red"), long_or_red),
        ):
            began = time.perf_counter()
            job = self._watch(self.target.call("PUT", path, body=body)["change"]["job_id"], happenings)
            after = self._shoes()
            writes = [after[each].revision - before[each].revision for each in before]
            once, moved = max(writes) == 1, sum(writes)
            found = sum(asset.status is AssetStatus.QUARANTINED for asset in after.values())
            took = time.perf_counter() - began
            print(f"  {path}: {job['state']} in {took:.0f} s; done {job['done']} of {job['total']},", end=" ")
            print(f"changed {job['changed']}; {moved} assets written, none twice: {once}; {found} refused", flush=True)
            counted = (job["done"], job["total"], job["failed"]) == (self.assets, self.assets, 0)
            right = right and once and counted and (job["changed"], found) == (moved, refused) and not happenings
            before = after
        self._let_enforce_run(True)
        while waiting := sum(self.target.held("WorkQueues")["enforce"]):
            print(f"    enforce has {waiting} to look at", flush=True)
            time.sleep(5)
        held = self.target.held("DeadLetterQueues")
        print(f"revalidation: {self.assets} assets on the stack, each once: {right}; dead letters {held}")
        return 0 if right and not any(map(sum, held.values())) else 1

    def _watch(self, job_id: str, happenings: list[Happening]) -> dict[str, Any]:
        """Follow a job to its end, as `assetwire jobs` shows it; take from the list what happened to it on the way."""
        shown, began = -1.0, time.perf_counter()
        while True:
            job: dict[str, Any] = self.target.call("GET", f"/jobs/{job_id}")
            share = job["done"] / self.assets
            if share >= shown + 1 / 20 or job["state"] != "running":
                print(f"    {time.perf_counter() - began:6.0f} s  {progress_line(job)}", flush=True)
                shown = share
            if job["state"] != "running":
                return job
            if happenings and share >= happenings[0][0]:
                happenings.pop(0)[1]()
                shown = -1.0  # show how far it had come by then
            time.sleep(0.5)

    def _kill_the_worker(self) -> None:
        workers = [int(pid.name) for pid in Path("/proc").iterdir() if pid.name.isdigit() and self._is_worker(pid)]
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
        print(f"    killed the function's workers: {len(workers)}", flush=True)

    def _is_worker(self, process: Path) -> bool:
        try:
            command = (process / "cmdline").read_bytes()
            parent = int((process / "stat").read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):  # it has ended
            return False
        return b"assetwire-revalidate" in command and str(parent) == (self.stack.folder / "aws.pid").read_text()

    def _stop_and_start(self) -> None:
        self.stack.down()
        print("    stopped the stack", flush=True)
        self.target = self.stack.up(lambda step: print(f"    {step}", flush=True))

    def _let_enforce_run(self, runs: bool) -> None:
        functions = self.target.client("lambda")
        (source,) = functions.list_event_source_mappings(FunctionName="assetwire-enforce")["EventSourceMappings"]
        functions.update_event_source_mapping(UUID=source["UUID"], Enabled=runs)

    def _shoes(self) -> dict[str, Asset]:
        scan = self.target.client("dynamodb").get_paginator("scan")
        pages = scan.paginate(TableName=self.target.outputs["CatalogTable"], ConsistentRead=True)
        records = [value_of(item) for page in pages for item in page["Items"] if item["kind"]["S"] == "Asset"]
        return {each.asset_id: each for each in records if isinstance(each, Asset) and each.category == "shoes"}


def _seed(target: Target, assets: int) -> None:
    """Write assets straight into the table, and forget what they set going: none has a master to render or deliver."""
    shop = InMemory(assets)
    client, name = target.client("dynamodb"), target.outputs["CatalogTable"]
    table = Table(name, region=target.region)
    records = [each for each in shop.catalog.records.values() if isinstance(each, Asset | Version)]
    requests = [{"PutRequest": {"Item": table.item_of(each).to_dynamodb_dict()}} for each in records]
    batches = [requests[start : start + 25] for start in range(0, len(requests), 25)]

    def write(batch: list[Any]) -> None:
        while batch:
            batch = client.batch_write_item(RequestItems={name: batch})["UnprocessedItems"].get(name, [])

    with ThreadPoolExecutor(4) as pool:
        list(pool.map(write, batches))
    sqs, queues = target.client("sqs"), target.queues("WorkQueues")
    quiet = 0
    while quiet < 5:  # seconds; the stream is read once a second
        holding = [name for name, counts in target.held("WorkQueues").items() if sum(counts)]
        for each in holding:
            sqs.purge_queue(QueueUrl=queues[each])
        quiet = 0 if holding else quiet + 1
        time.sleep(1)


if __name__ == "__main__":
    asked = [int(each) for each in sys.argv[1:] if each.isdigit()]
    if "--stack" in sys.argv:
        raise SystemExit(on_stack(asked[0] if asked else 300, stopped="--stopped" in sys.argv))
    raise SystemExit(in_memory(asked[0] if asked else 10_000))
