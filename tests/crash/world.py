"""One AWS account on moto, made from the template, in which handlers run as new processes under a fixed clock.

Every AWS call of a handler, botocore's and PynamoDB's alike, passes through one place: moto's stub of botocore's wire.
There a run's calls are counted, and there a test may stop the run or change the world between two calls.

In front of the delivery bucket stands the worst possible viewer: it holds a URL of everything and asks for it after
every single call. So the edge's cache (`World.edge`) holds whatever stood in the bucket for a moment, until a purge
with a reference that CloudFront has not seen yet: a reference given twice is one. Whoever leaves something for caches
to forget is followed by a whole run of `purge`, right after that call (`World.purges_follow`).
"""

import importlib.util
import json
import os
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any
from unittest.mock import patch

import botocore.session
import moto.dynamodb.models
import moto.s3.models
import moto.sqs.models
import pynamodb.connection.base
from moto import mock_aws
from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.botocore_stubber import BotocoreStubber
from moto.moto_api._internal import mock_random

from assetwire import bootstrap
from assetwire.adapters import clients
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.bootstrap import moment
from crash import cold, purging
from crash.document import template
from fakes.moto_shortcuts import plain_attribute_values

ROOT = Path(__file__).parents[2]
EVENTS = ROOT / "tests" / "events"
REGION = "eu-central-1"
TABLE, BUS, QUEUE = "catalog", "assetwire", "relay-failures"
MASTERS, RENDITIONS, DELIVERY = "masters", "renditions", "delivery"
NOW = datetime(2026, 11, 20, 12, 0, 0, tzinfo=UTC)
UPLOADED = datetime(2026, 11, 20, 9, 30, 0, tzinfo=UTC)
"""When S3 says that an object was last modified."""

Message = dict[str, Any]
State = dict[str, Any]
Interrupt = Callable[[str, int, str], None]
"""Called before and after a run's calls: `("before" | "after", number of the call from 1, "service.Operation")`."""
Answer = Callable[[Callable[[], Any], str, Any], Any]
"""Stands in for AWS: gets what forwards the call, its name and the request, and returns the response."""


class _Run:
    def __init__(self, function: str, interrupt: Interrupt | None) -> None:
        self.function = function
        self.calls: list[str] = []
        self.interrupt = interrupt


class World:
    """A fresh account with buckets, table, distribution, queue and bus; made by `fresh_world`."""

    def __init__(self) -> None:
        self.edge: dict[str, str] = {}
        self.purges: list[tuple[str, str]] = []
        self.published: dict[str, str] = {}
        self.answer: Answer | None = None
        self.purges_follow = True
        self._runs: list[_Run | None] = [None]
        _VERSION_IDS.given = 0
        resources = template()["Resources"]
        for name in (MASTERS, RENDITIONS, DELIVERY):
            aws("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": REGION})
            versioning = resources[f"{name.capitalize()}Bucket"]["Properties"].get("VersioningConfiguration")
            if versioning:
                aws("s3").put_bucket_versioning(Bucket=name, VersioningConfiguration=versioning)
        table = resources["Catalog"]["Properties"]
        # Without the stream, which nothing here reads: moto copies all of it for each item of a transaction.
        taken = ("BillingMode", "AttributeDefinitions", "KeySchema", "GlobalSecondaryIndexes")
        aws("dynamodb").create_table(TableName=TABLE, **{name: table[name] for name in taken})
        aws("events").create_event_bus(Name=BUS)
        self.queue_url = aws("sqs").create_queue(QueueName=QUEUE)["QueueUrl"]
        made = aws("cloudfront").create_distribution(DistributionConfig=purging.DISTRIBUTION)
        self.distribution_id = made["Distribution"]["Id"]

    @property
    def environment(self) -> dict[str, str]:
        """What the template gives the functions, all together."""
        return {
            "AWS_REGION": REGION,
            "CATALOG_TABLE": TABLE,
            "MASTERS_BUCKET": MASTERS,
            "RENDITIONS_BUCKET": RENDITIONS,
            "RENDITIONS_GRACE_DAYS": "7",
            "DELIVERY_BUCKET": DELIVERY,
            "MEDIACONVERT_QUEUE": "",
            "MEDIACONVERT_ROLE": "",
            "MAXIMUM_MASTER_BYTES": "10485760",
            "MAXIMUM_MASTER_PIXELS": "1000000",
            "CHANNELS": "",
            "EVENT_BUS": BUS,
            "ARCHIVE_AFTER_DAYS": "0",
            "DELETION_GRACE_DAYS": "30",
            "RELAY_FAILURES_QUEUE_URL": self.queue_url,
            "DISTRIBUTION_ID": self.distribution_id,
            "PURGE_BY_TAG": "true",
            "PICTURE_EDGE_SECONDS": "86400",
            "FILM_EDGE_SECONDS": "86400",
            "OTHER_EDGE_SECONDS": "86400",
            "SIGNING_SECRET_ID": "signing",
            "SIGNING_KEY": "SigningKeyA",
            "SIGNING_KEY_PAIR_ID": "K2JCJMDEHXQW5F",
            "TOKEN_KEY": "TokenKeyA",
            "DELIVERY_BASE_URL": "https://media.example.com",
            "MAXIMUM_URL_SECONDS": "86400",
            "URL_BUCKET_SECONDS": "600",
            "TOKEN_ISSUER": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool",
            "TOKEN_KEYS_URL": "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_pool/.well-known/jwks.json",
            "PEOPLE_CLIENT": "people",
            "MACHINE_CLIENTS": "cms=c1,pim=c2,channel=c3",
            "OPERATORS": "admin=arn:aws:iam::123456789012:role/media-ops",
            "STS_URL": "https://sts.eu-central-1.amazonaws.com",
            "WEBHOOK_SECRET_ID": "webhooks",
            "MIRROR_QUEUE_URL": f"https://sqs.{REGION}.amazonaws.com/{DEFAULT_ACCOUNT_ID}/mirror.fifo",
            "PIM_ENDPOINT": "https://pim.example/assetwire",
            "OUTBOUND_SECRET_ID": "outbound",
            "NOTIFY_QUEUE_URL": self.queue_url,
            "AKENEO_MAPPING": "default",
            "PIM_SECRET_ID": "pims",
            "RECONCILE_MINUTES": "60",
            "RECONCILE_ALL_HOURS": "24",
            "USAGE_KEYS": "5e1b8f3c-3b8c-4f6e-9d59-0d9f4d7c8f10",
        }

    @property
    def catalog(self) -> DynamoCatalog:
        """The real Catalog of this world, for seeding and for changes by somebody else."""
        return _catalog()

    def deliver(
        self, function: str, event: Message, *, interrupt: Interrupt | None = None, warm: bool = False
    ) -> tuple[Any, list[str]]:
        """Hand an event to a function in a new process; return its result and the AWS calls that it made.

        May be called from within an interrupt: then one run stands still while the other runs. A warm one is the
        process that ran last.
        """
        if not warm:
            new_process()
        run = _Run(function, interrupt)
        self._runs.append(run)
        try:
            result = handler_module(function).handler(event, None)
        finally:
            self._runs.pop()
        return result, run.calls

    def state(self) -> State:
        """Return all that lasts: items, objects, what viewers get to see, events announced, messages kept."""
        return {
            "items": purging.telling(self.items()),
            "masters": objects(MASTERS),
            "vault": cold.vault(MASTERS),
            "renditions": objects(RENDITIONS),
            "delivery": objects(DELIVERY),
            "edge": dict(self.edge),
            "published": dict(self.published),
            "failures": {f"{reason} {body}": body for reason, body in self.failures()},
        }

    def remember(self) -> Callable[[], None]:
        """Return what brings table, buckets, edge, queue and announcements back to what they are now.

        S3 gives the version ids of then again. Table, queue, renditions and delivery hold items, messages and objects
        that a write replaces and never changes: it is enough to remember which there were.
        """
        masters_back = cold.remember(MASTERS)
        buckets = [_buckets().buckets[name] for name in (RENDITIONS, DELIVERY)]
        items = {partition: dict(by_sort_key) for partition, by_sort_key in _table().items.items()}
        stored = [dict(bucket.keys.items()) for bucket in buckets]
        version_ids = _VERSION_IDS.given
        edge, purges, published = dict(self.edge), list(self.purges), dict(self.published)
        failures = list(_queue()._messages)

        def rewind() -> None:
            table = _table()  # looked up anew: moto puts another in its place when a transaction is rolled back
            table.items.clear()
            table.items.update({partition: dict(by_sort_key) for partition, by_sort_key in items.items()})
            _VERSION_IDS.given = version_ids
            for bucket, remembered in zip(buckets, stored, strict=True):
                bucket.keys.clear()
                for key, latest in remembered.items():
                    bucket.keys[key] = latest
            masters_back()
            self.edge, self.purges, self.published = dict(edge), list(purges), dict(published)
            self.answer = None
            _queue()._messages = list(failures)

        return rewind

    def items(self) -> list[dict[str, Any]]:
        """Return every item of the table, as DynamoDB writes it; past its API, whose emulation is slow."""
        return [item.to_json()["Attributes"] for item in _table().all_items()]

    def purge(self) -> None:
        """Let `purge` hear of all that caches must forget."""
        if wanted := purging.wanted_of(self.items()):
            result, _ = self.deliver("purge", purging.message_of(wanted))
            assert not result["batchItemFailures"], result

    def failures(self) -> list[tuple[str, str]]:
        """Return reason and body of every message in the failure queue; past SQS's slow API."""
        return [(m.message_attributes["reason"]["StringValue"], m.body) for m in _queue()._messages]

    def call(self, forward: Callable[[], Any], name: str, request: Any) -> Any:
        """Pass one AWS call on, between the interrupts of the run that makes it."""
        run = self._runs[-1]
        if run is None:
            return forward()
        run.calls.append(name)
        number = len(run.calls)
        with self._standing_still():
            if run.interrupt:
                run.interrupt("before", number, name)
            response = self.answer(forward, name, request) if self.answer else forward()
            self._note(name, request, response)
            if self.purges_follow and name == "dynamodb.PutItem" and run.function != "purge":
                self.purge()
            if run.interrupt:
                run.interrupt("after", number, name)
        return response

    @contextmanager
    def _standing_still(self) -> Iterator[None]:
        self._runs.append(None)
        try:
            yield
        finally:
            self._runs.pop()

    def _note(self, name: str, request: Any, response: Any) -> None:
        """Keep what AWS was told and does not let one read back, and let the viewer look."""
        if response is None or response.status_code >= 300:
            return
        if name == "cloudfront.CreateInvalidation":
            reference, items = purging.invalidated(_text(request.body))
            known = {reference for _, reference in self.purges}
            for item in items:
                self.purges.append((item, reference))
                self.edge = self.edge if reference in known else purging.without(self.edge, item)
        if name == "eventbridge.PutEvents":
            entries = json.loads(_text(request.body))["Entries"]
            for entry, result in zip(entries, json.loads(response.content)["Entries"], strict=True):
                if "EventId" in result:
                    self.published[json.loads(entry["Detail"])["id"]] = json.dumps(entry, sort_keys=True)
        if name in _MOVES_DELIVERY:
            self.edge = objects(DELIVERY) | self.edge


_MOVES_DELIVERY = {
    "cloudfront.CreateInvalidation",
    "s3.CopyObject",
    "s3.PutObject",
    "s3.DeleteObjects",
    "s3.DeleteObject",
}


@contextmanager
def fresh_world() -> Iterator[World]:
    """Give a new account, whose region, environment and clock are those of the functions while it lives."""
    with ExitStack() as stack:
        stack.enter_context(mock_aws())
        stack.enter_context(plain_attribute_values())
        stack.enter_context(patch.dict(os.environ, {"AWS_DEFAULT_REGION": REGION}))
        # What is deleted is put back when a test goes back to its beginning.
        stack.enter_context(patch.object(moto.s3.models.FakeKey, "dispose", lambda *_, **__: None))
        stack.enter_context(patch.object(moto.s3.models, "utcnow", lambda: UPLOADED.replace(tzinfo=None)))
        stack.enter_context(patch.object(moto.s3.models, "random", _VERSION_IDS))
        # Reading AWS's service descriptions takes longer than a run: they are read once for all processes.
        stack.enter_context(patch.object(clients, "_session", lambda: _KEPT_CLIENTS))
        stack.enter_context(patch.object(pynamodb.connection.base, "get_session", lambda: _KEPT_CLIENTS))
        world = World()
        stack.enter_context(patch.dict(os.environ, world.environment))
        stack.enter_context(patch.object(moment, "now", lambda: NOW))
        forward = BotocoreStubber.__call__

        def choke(stub: BotocoreStubber, event_name: str, request: Any, **rest: Any) -> Any:
            name = event_name.removeprefix("before-send.")
            return world.call(lambda: forward(stub, event_name, request, **rest), name, request)

        stack.enter_context(patch.object(BotocoreStubber, "__call__", choke))
        try:
            yield world
        finally:
            new_process()


def new_process() -> None:
    """Forget what functions keep for a process's life."""
    for wired in vars(bootstrap).values():
        if hasattr(wired, "cache_clear"):
            wired.cache_clear()
    clients.client.cache_clear()


@cache
def handler_module(function: str) -> ModuleType:
    """Return functions/<function>/handler.py, loaded by its path as Lambda does."""
    path = ROOT / "functions" / function / "handler.py"
    spec = importlib.util.spec_from_file_location(f"function_{function}", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def aws(service: str) -> Any:
    """Return a client of the test's own; its calls are not counted."""
    return _session().create_client(
        service, region_name=REGION, aws_access_key_id="testing", aws_secret_access_key="testing"
    )


def objects(bucket: str) -> dict[str, str]:
    """Return key → ETag of all that stands in a bucket, each in its latest version; past S3's slow API."""
    keys = _buckets().buckets[bucket].keys
    return {key: latest.etag.strip('"') for key, latest in keys.items() if isinstance(latest, moto.s3.models.FakeKey)}


class _VersionIds:
    """Stands in for moto's S3's source of random numbers: version ids count, and a rewound world counts again."""

    def __init__(self) -> None:
        self.given = 0

    def uuid4(self) -> uuid.UUID:
        self.given += 1
        return uuid.UUID(int=self.given)

    def __getattr__(self, name: str) -> Any:
        return getattr(mock_random, name)


_VERSION_IDS = _VersionIds()


class _KeptClients:
    """A session that makes each client once for all processes: it holds AWS's descriptions, and nothing of a run."""

    def __init__(self) -> None:
        self._made: dict[tuple[object, ...], Any] = {}

    def create_client(self, service: str, *region: str, **options: Any) -> Any:
        caller = (service, *region)  # PynamoDB names the region, the adapters do not
        if caller not in self._made:
            made = _session().create_client(service, *region, **options)
            made.meta.events.register_first = lambda *_: None  # PynamoDB's hook for extra headers, once a process
            self._made[caller] = made
        return self._made[caller]


_KEPT_CLIENTS = _KeptClients()


def _buckets() -> Any:
    return moto.s3.models.s3_backends[DEFAULT_ACCOUNT_ID]["aws"]


def _queue() -> Any:
    return moto.sqs.models.sqs_backends[DEFAULT_ACCOUNT_ID][REGION].queues[QUEUE]


def _table() -> Any:
    return moto.dynamodb.models.dynamodb_backends[DEFAULT_ACCOUNT_ID][REGION].tables[TABLE]


@cache
def _catalog() -> DynamoCatalog:
    return DynamoCatalog(TABLE, region=REGION)


@cache
def _session() -> botocore.session.Session:
    return botocore.session.get_session()


def _text(body: bytes | str) -> str:
    return body.decode() if isinstance(body, bytes) else body
