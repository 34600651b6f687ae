"""Many who change the same lists at once on a stack: arrange, bind, unbind, reorder and decide, for a while.

`python -m bench.links_live [--seconds 60] [--workers 16] [--seed 1]` deploys a stack of its own, with a few products
and pictures, of which some are suggested by their names, and lets so many callers change the lists of the products
through the API as fast as they can, some of them twice at once by one Idempotency-Key. All the while lists are read and
looked at; afterwards the history is played from its beginning, and held against every answer. What must hold stands in
`tests/oracles/link_lists.py`. The exit code is 1 if anything did not, or nothing was written.
"""

import argparse
import random
import sys
import threading
import time
import uuid
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))  # the oracle is the tests'

from oracles.link_lists import Answered, Listed, Note, Place, wrong_answers, wrong_now, wrong_steps, wrong_told

from assetwire.domain.link_operations import LinkOperation, OperationOutcome
from assetwire_cli.failure import Failure
from assetwire_cli.local_stack import LocalStack
from assetwire_cli.target import ApiError, Target
from bench.intake import picture
from bench.measure import show
from fakes.link_machine import said_of

SKUS = ("L-1", "L-2", "L-3")
LISTS = tuple(
    (sku, role, market) for sku in SKUS for role, market in (("hero", "any"), ("hero", "DE"), ("alternate", "any"))
)
PICTURES = 12
"""Half of them are named for a product: evidence suggests them, and people answer."""
_NOT_DONE = frozenset({"conflict", "revision", "person_decided", "throttled", "already_closed"})
"""Answers by which nothing was changed."""


class Live:
    """A stack whose lists many change, and all that they were answered."""

    def __init__(self, target: Target, seed: int) -> None:
        """Change the lists of a stack."""
        self.target, self.seed = target, seed
        self.answered: list[Answered] = []
        self.counts = Counter[tuple[str, str]]()
        """Calls by kind and by what became of them."""
        self.unanswered = Counter[Place]()
        self.wrong: list[str] = []
        self.newest: defaultdict[Place, int] = defaultdict(lambda: -1)
        """The highest revision that anybody was told of each list."""
        self.lock = threading.Lock()
        self.assets: list[str] = []
        self.questions: list[str] = []
        self._over = threading.Event()

    def prepare(self) -> None:
        """Write products, upload pictures, and wait until those that are suggested are asked."""
        for sku in SKUS:
            self.target.call("PUT", f"/products/{sku}", body={"status": "published"})
        s3, bucket = self.target.client("s3"), self.target.outputs["MastersBucketName"]
        uploads = []
        for number in range(PICTURES):
            name = f"{SKUS[number % len(SKUS)]}_{number}.jpg" if number % 2 else f"plain-{number}.jpg"
            version = s3.put_object(Bucket=bucket, Key=f"links/{name}", Body=picture(number))["VersionId"]
            uploads.append({"key": f"links/{name}", "s3_version": version})
        self.assets = [_until(lambda asked=asked: self._ingested(asked)) for asked in uploads]
        self.questions = _until(self._asked)

    def _ingested(self, upload: dict[str, str]) -> str:
        try:
            return str(self.target.call("GET", "/uploads", query=upload)["asset_id"])
        except ApiError:
            return ""

    def _asked(self) -> list[str]:
        found = [*self.target.listed("/work", "items", query={"queue": "link_review"}, limit=100)]
        return [item["work_id"] for item in found] if len(found) == PICTURES // 2 else []

    # --- calls ---

    def run(self, seconds: float, workers: int) -> None:
        """Let so many callers change lists for so long, once there is a function awake for each of them."""
        with ThreadPoolExecutor(2 * workers) as pool:
            for sku in SKUS:
                list(pool.map(lambda _, sku=sku: self._look(sku), range(workers)))
            self.counts.clear()
            callers = [pool.submit(self._call, number, pool) for number in range(workers)]
            time.sleep(seconds)
            self._over.set()
            for each in callers:
                each.result()

    def _call(self, number: int, pool: ThreadPoolExecutor) -> None:
        dice = random.Random(self.seed * 1_000 + number)
        while not self._over.is_set():
            luck = dice.random()
            if luck < 0.3:
                self._arrange(dice)
            elif luck < 0.75:
                self._operate(dice, pool)
            elif luck < 0.8 and self.questions:
                self._decide(dice)
            else:
                self._look(dice.choice(SKUS))

    def _arrange(self, dice: random.Random) -> None:
        place = dice.choice(LISTS)
        assets = dice.sample(self.assets, dice.randrange(6))
        headers = {"If-Match": f'"{self.newest[place]}"'} if self.newest[place] >= 0 and dice.random() < 0.3 else {}
        call = f"PUT {uuid.uuid4()}"
        asked = {"query": {"market": place[2]}, "body": {"assets": assets}, "headers": headers}
        found = self._ask("arrange", [place], "PUT", f"/products/{place[0]}/links/{place[1]}", **asked)
        if found is not None and (assets or found["revision"]):
            self._say(Answered(call, place, found["revision"], whole=tuple(assets)))

    def _operate(self, dice: random.Random, pool: ThreadPoolExecutor) -> None:
        said = [dict(_operation(dice, self.assets)) for _ in range(dice.randrange(1, 5))]
        key = str(uuid.uuid4())
        twin: Future[Any] | None = pool.submit(self._carried_out, key, said) if dice.random() < 0.2 else None
        answers = [self._carried_out(key, said), *([twin.result()] if twin else [])]
        if dice.random() < 0.1:
            answers.append(self._carried_out(key, said))
        if any(answer != answers[0] for answer in answers):
            self.wrong.append(f"the same key was answered {answers}")
        asked = [LinkOperation.model_validate(each) for each in said]
        shown = OperationOutcome.model_fields
        outcomes = [
            OperationOutcome.model_validate({name: each[name] for name in shown}) for each in answers[0]["operations"]
        ]
        self.counts.update(("operation", outcome.code or outcome.effect.value) for outcome in outcomes)
        self._say(*said_of(key, asked, outcomes))

    def _carried_out(self, key: str, said: list[dict[str, Any]]) -> Any:
        """Carry operations out, again and again under their key until there is an answer."""
        while True:
            body, headers = {"operations": said}, {"Idempotency-Key": key}
            found = self._ask("operate", [], "POST", "/links", body=body, headers=headers)
            if found is not None:
                return found
            time.sleep(0.05)

    def _decide(self, dice: random.Random) -> None:
        try:
            work_id = self.questions.pop()
        except IndexError:
            return
        kind = dice.choice(["confirm", "reject"])
        places = [place for place in LISTS if place[1] == "alternate"]
        decision = {"work_id": work_id, "decision": kind}
        found = self._ask("decide", [], "POST", "/work/decisions", body={"decisions": [decision]})
        result = "unknown" if found is None else found["results"][0].get("code") or "taken"
        self.counts["decision", result] += 1
        if result == "conflict":
            self.questions.append(work_id)
        elif result != "already_closed":  # an answer does not tell revisions
            with self.lock:
                self.unanswered.update(places)

    def _look(self, sku: str) -> None:
        """Read a product's links, and look at them: they are no older than what was answered before."""
        with self.lock:
            known = {place: self.newest[place] for place in LISTS if place[0] == sku}
        found = self._ask("look", [], "GET", f"/products/{sku}/links")
        if found is None:
            return
        lists, links = _standing(found)
        self.wrong += wrong_now(lists, links)
        for place, revision in known.items():
            if revision > (lists[place].revision if place in lists else -1):
                self.wrong.append(f"{place} was answered at {revision}, and read later as {lists.get(place)}")

    def _ask(self, kind: str, places: list[Place], method: str, path: str, **asked: Any) -> Any:
        """Call the API; None if nothing was changed, or nobody knows."""
        try:
            found = self.target.call(method, path, **asked)
        except ApiError as error:
            self.counts[kind, error.code] += 1
            if error.code not in {*_NOT_DONE, "in_progress"}:
                if error.status < 500:
                    self.wrong.append(f"{kind}: {error}")
                with self.lock:
                    self.unanswered.update(places)
            return None
        except Failure as failure:
            self.counts[kind, failure.code] += 1
            with self.lock:
                self.unanswered.update(places)
            return None
        self.counts[kind, "answered"] += 1
        return found

    def _say(self, *answered: Answered) -> None:
        with self.lock:
            self.answered += answered
            for each in answered:
                self.newest[each.place] = max(self.newest[each.place], each.revision)

    # --- what must hold ---

    def settle(self) -> None:
        """Wait until evidence has followed what was changed."""
        quiet = 0
        while quiet < 5:
            quiet = 0 if sum(self.target.held("WorkQueues")["associate"]) else quiet + 1
            time.sleep(1)

    def judge(self) -> int:
        """Hold the history against every answer; return how many revisions of lists there are."""
        lists: dict[Place, Listed] = {}
        links: dict[Place, dict[str, str]] = {}
        notes: list[Note] = []
        others = Counter[Place]()
        for sku in SKUS:
            standing = _standing(self.target.call("GET", f"/products/{sku}/links"))
            lists |= standing[0]
            links |= standing[1]
            told = [*self.target.listed(f"/products/{sku}/links/history", "changes", query={}, limit=10**6)]
            for change in told:
                place = (change["sku"], change["role"], change["market"])
                fields = (change["asset_id"], change["revision"], change["before"], change["after"])
                step = datetime.fromisoformat(change["at"]).isoformat(timespec="microseconds")
                notes.append(Note(place, *fields, step=step))
                others[place] += change["asset_id"] is None and change["by"] == "assetwire"
        self.wrong += [*wrong_now(lists, links), *wrong_told(notes, lists, links), *wrong_steps(notes)]
        self.wrong += wrong_answers(self.answered, notes, unanswered=self.unanswered + others)
        return sum(note.asset is None for note in notes)


def _operation(dice: random.Random, assets: list[str]) -> Iterator[tuple[str, Any]]:
    """Yield the fields of an operation on any list."""
    sku, role, market = dice.choice(LISTS)
    yield from {"op": (op := dice.choice(["bind", "bind", "unbind", "reorder"])), "sku": sku, "role": role}.items()
    yield "market", market
    if op == "reorder":
        yield "assets", dice.sample(assets, dice.randrange(1, 3))
    else:
        yield "asset_id", dice.choice(assets)
    if op == "bind" and dice.random() < 0.5:
        yield "position", dice.randrange(1, 6)


def _standing(found: dict[str, Any]) -> tuple[dict[Place, Listed], dict[Place, dict[str, str]]]:
    lists = {(o["sku"], o["role"], o["market"]): Listed(o["revision"], tuple(o["assets"])) for o in found["lists"]}
    links: dict[Place, dict[str, str]] = {}
    for link in found["links"]:
        links.setdefault((found["sku"], link["role"], link["market"]), {})[link["asset_id"]] = link["state"]
    return lists, links


def _until(ask: Callable[[], Any], seconds: float = 300) -> Any:
    deadline = time.monotonic() + seconds
    while not (found := ask()):
        if time.monotonic() > deadline:
            raise TimeoutError("the stack did not come to it")
        time.sleep(0.5)
    return found


def main(arguments: list[str]) -> int:
    """Let many change lists for a while; return the exit code."""
    parser = argparse.ArgumentParser(prog="bench.links_live")
    for name, default in (("seconds", 60), ("workers", 16), ("seed", 1)):
        parser.add_argument(f"--{name}", type=int, default=default)
    asked = parser.parse_args(arguments)
    if min(asked.seconds, asked.workers) < 1:
        parser.error("seconds and workers are 1 or more: nobody breaks what nobody changes")
    stack = LocalStack("bench-links")
    stack.reset()
    try:
        live = Live(stack.up(lambda step: print(f"  {step}", flush=True)), asked.seed)
        live.prepare()
        live.run(asked.seconds, asked.workers)
        live.settle()
        written = live.judge()
        report(live, f"{asked.workers} callers, {asked.seconds} s: {written} revisions of {len(LISTS)} lists")
    finally:
        stack.reset()
    return int(bool(live.wrong) or written < asked.workers)


def report(live: Live, written: str) -> None:
    """Print what was called, and what of it was wrong."""
    show(("call", "outcome", "times"), [(kind, what, str(n)) for (kind, what), n in sorted(live.counts.items())])
    for wrong in live.wrong[:10]:
        print(f"wrong: {wrong}")
    print(f"links_live: {written}, {len(live.answered)} answers held against them, {len(live.wrong)} wrong", flush=True)


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
