"""Many at once who arrange, bind, unbind, reorder and decide: a machine that takes their calls step by step.

Each call goes on up to its next read or write, in any order among the others; after every step lists, links and their
history must be as `tests/oracles/link_lists.py` has it. Clocks differ, as those of machines do.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import count
from typing import Any, NamedTuple

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from oracles.link_lists import Answered, Listed, Note, Place, wrong_answers, wrong_now, wrong_told

from assetwire.domain.errors import Conflict, InvalidRequest, Refused
from assetwire.domain.idempotency import body_digest
from assetwire.domain.inspection import Identifier
from assetwire.domain.link import LinkOrigin, LinkRole
from assetwire.domain.link import Place as ListPlace
from assetwire.domain.link_operations import Effect, LinkOperation, OperationKind, OperationOutcome
from assetwire.domain.review import Step
from assetwire.domain.work import SYSTEM
from assetwire.services.bulk_links import Asked, change_links
from assetwire.services.links import Precondition, arrange
from assetwire.services.matching import match_asset
from assetwire.services.review import Decision, Reviewing, Wanted, decide
from fakes import some
from fakes.interleaving import Director, step
from fakes.some import NOW

WORKERS = 16
NAMES = "abcd"
"""The assets; of the last two, evidence suggests that they show both products."""
SUGGESTED = (LinkRole.ALTERNATE, "any")
"""Where evidence suggests assets."""
LISTS = (SUGGESTED, (LinkRole.HERO, "any"), (LinkRole.HERO, "DE"))
Where = tuple[int, tuple[LinkRole, str]]
"""Which product's list, in which role and market."""
_PATIENCE = 500
"""Times that a call is made again until somebody is alarmed."""
_worlds = count()


class Ports(NamedTuple):
    """What calls work with: in memory, or a table."""

    products: Any
    catalog: Any
    matches: Any
    requests: Any
    reviews: Any
    histories: Any


class _Stepping:
    """A port before each of whose reads and writes others may go on."""

    def __init__(self, port: Any) -> None:
        self._port = port

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._port, name)

        def stepping(*given: Any, **named: Any) -> Any:
            step()
            return method(*given, **named)

        return stepping


class LinkMachine(RuleBasedStateMachine):
    """Calls about the links of two products and four assets, taken step by step."""

    ports: Callable[[], Ports]
    """Makes what they work with."""

    def __init__(self) -> None:
        """Begin with two products, and two assets that evidence suggests for both."""
        super().__init__()
        self.plain = type(self).ports()
        self.stepping = Ports(*map(_Stepping, self.plain))
        self.director = Director()
        self.world = f"{next(_worlds)}-"
        self.answered: list[Answered] = []
        self.decisions: set[str] = set()
        """Calls that answer questions."""
        self.in_flight = Counter[Place]()
        self.by_key: dict[str, list[OperationOutcome]] = {}
        self.calls = count()
        self.time = NOW
        for sku in self.skus:
            self.plain.products.save(some.product(sku), named=[f"sku:{sku.casefold()}"])
        for name in NAMES:
            said = self.skus if name in NAMES[2:] else ()
            found = tuple(Identifier(kind="sku", value=sku, source="barcode", where="", confidence=0.6) for sku in said)
            asset = some.asset(self.world + name, inspection=some.inspection(identifiers=found))
            self.plain.catalog.save_asset(asset)
            self.match(self.plain, asset.asset_id)
        self.questions = [self.plain.matches.match(self.asset(name)).work_id for name in NAMES[2:]]

    # --- the world ---

    @property
    def skus(self) -> tuple[str, ...]:
        """The products, of which no other example has the like."""
        return (f"S{self.world}1", f"S{self.world}2")

    def asset(self, name: str) -> str:
        """Return the id of an asset."""
        return some.asset_id(self.world + name)

    def clock(self, skew: int) -> Callable[[], datetime]:
        """Return somebody's clock: it is so many milliseconds late."""

        def now() -> datetime:
            self.time += timedelta(milliseconds=1)
            return self.time - timedelta(milliseconds=skew)

        return now

    # --- calls ---

    place = st.tuples(st.integers(0, 1), st.sampled_from(LISTS))
    names = st.lists(st.sampled_from(NAMES), unique=True).map(tuple)
    origin = st.sampled_from([LinkOrigin.PERSON, LinkOrigin.PIM])
    skew = st.sampled_from([0, 0, 40, 2_000])
    busy = precondition(lambda machine: machine.director.running < WORKERS)
    running = precondition(lambda machine: machine.director.running > 0)

    @busy
    @rule(place=place, names=names, origin=origin, skew=skew, known=st.sampled_from(["nothing", "this", "another"]))
    def arrange(self, place: Where, names: tuple[str, ...], origin: LinkOrigin, skew: int, known: str) -> None:
        """Somebody makes a list some assets."""
        where, assets = self.at(place), [self.asset(name) for name in names]
        order = self.plain.products.media(where.sku).order(where)
        revision = None if order is None else order.revision + (known == "another")
        only_if = Precondition(revision=revision) if known != "nothing" else Precondition()
        now = self.clock(skew)()
        call = f"call {next(self.calls)}"

        def task() -> None:
            ports = {"products": self.stepping.products, "catalog": self.stepping.catalog}
            found = arrange(where, assets, origin=origin, by=call, only_if=only_if, now=now, **ports)
            whole = {"whole" if origin is LinkOrigin.PERSON else "first": tuple(assets)}
            if assets or found.revision:  # an empty list that nobody ever set is none
                self.answered.append(Answered(call, _key(where), found.revision, wrote=None, **whole))

        self.take([where], task)

    @busy
    @rule(
        which=st.lists(st.tuples(st.sampled_from(["bind", "unbind", "reorder"]), place, names), min_size=1, max_size=3),
        origin=origin,
        skew=skew,
        twin=st.booleans(),
    )
    def operate(
        self,
        which: list[tuple[str, Where, tuple[str, ...]]],
        origin: LinkOrigin,
        skew: int,
        *,
        twin: bool,
    ) -> None:
        """Somebody binds, unbinds and reorders, by a key; a twin of theirs may do so too."""
        call = f"call {next(self.calls)}"
        said = [operation for op, place, names in which for operation in self.operations(op, self.at(place), names)]
        asked = Asked(dict(enumerate(said)), f"{self.world}{call}", body_digest(call), origin, call)
        places = list(dict.fromkeys(operation.place for operation in said))

        def task() -> None:
            ports: Any = {"products": self.stepping.products, "assets": self.stepping.catalog}
            last = ""
            for _ in range(_PATIENCE):
                try:
                    found = change_links(asked, **ports, requests=self.stepping.requests, clock=self.clock(skew))
                    break
                except Conflict as error:
                    last = repr(error)  # a twin is at it, or others were first too often: whoever asks, asks again
                    step()
            else:
                raise AssertionError(f"{call} is never answered: {last}")
            outcomes = [found[number] for number in range(len(said))]
            assert self.by_key.setdefault(call, outcomes) == outcomes, "the same key has another answer"
            self.answered += said_of(call, said, outcomes)

        for _ in range(1 + (twin and self.director.running < WORKERS - 1)):
            self.take(places, task)

    def operations(self, op: str, place: ListPlace, names: tuple[str, ...]) -> Iterator[LinkOperation]:
        """Yield operations on a list: a reordering of all these, or one of each."""
        where, assets = place._asdict(), tuple(self.asset(name) for name in names)
        if op == "reorder" and assets:
            yield LinkOperation(op=op, assets=assets, **where)
        for number, asset_id in enumerate(assets or (self.asset("a"),)):
            if op != "reorder":
                at = {"position": 1 + number} if op == "bind" and number % 2 else {}
                yield LinkOperation(op=op, asset_id=asset_id, **where, **at)

    @busy
    @rule(question=st.integers(0, 1), kind=st.sampled_from(list(Step)), sku=st.integers(0, 1), skew=skew)
    def decide(self, question: int, kind: Step, sku: int, skew: int) -> None:
        """Somebody answers what is asked of an asset."""
        said: dict[str, Any] = {"skus": (self.skus[sku],)} if kind is Step.CONFIRM else {}
        said |= {"links": (Wanted(self.skus[sku]),)} if kind is Step.CORRECT else {}
        decision = Decision(self.questions[question], kind, **said)
        now, by = self.clock(skew)(), f"call {next(self.calls)}"
        self.decisions.add(by)

        def task() -> None:
            ports = self.stepping
            decide(
                decision, by=by, ports=Reviewing(ports.catalog, ports.reviews, ports.products, ports.catalog), now=now
            )

        self.take([self.at((each, SUGGESTED)) for each in (0, 1)], task)

    @busy
    @rule(name=st.sampled_from(NAMES), said=st.sampled_from([None, 0, 1]), skew=skew)
    def follow(self, name: str, said: int | None, skew: int) -> None:
        """An event of an asset is followed: its evidence is matched, after a manifest said something of it, or not."""
        if said is not None:
            claim = Identifier(kind="sku", value=self.skus[said], source="manifest", confidence=0.95)
            asset = self.plain.catalog.asset(self.asset(name))
            declared = asset.with_declared(declared=(claim,), now=NOW)
            if declared is not asset:
                self.plain.catalog.save_asset(declared)
        self.take([], lambda: self.match(self.stepping, self.asset(name), self.clock(skew)))

    def match(self, ports: Ports, asset_id: str, clock: Callable[[], datetime] = lambda: NOW) -> None:
        """Match an asset."""
        known: Any = {"assets": ports.catalog, "products": ports.products, "matches": ports.matches}
        match_asset(asset_id, **known, worklist=ports.catalog, clock=clock)

    def at(self, place: Where) -> ListPlace:
        """Return where a list stands."""
        return ListPlace(self.skus[place[0]], *place[1])

    def take(self, places: list[ListPlace], task: Callable[[], None]) -> None:
        """Begin a call: what it has done before it is answered, nobody knows yet."""
        self.in_flight.update(map(_key, places))

        def taken() -> None:
            with suppress(Conflict, InvalidRequest, Refused):
                task()
            self.in_flight.subtract(map(_key, places))

        self.director.begin(taken)

    @running
    @rule(which=st.integers(0, WORKERS - 1), steps=st.integers(1, 4))
    def go_on(self, which: int, steps: int) -> None:
        """One of the calls takes its next steps."""
        for _ in range(steps):
            if self.director.running:
                self.director.go_on(which % self.director.running)

    def teardown(self) -> None:
        """Let every call end, and look a last time."""
        turn = 0
        while self.director.running:
            self.director.go_on(turn % self.director.running)
            turn += 1
        self.all_is_well()

    # --- what must hold ---

    @invariant()
    def all_is_well(self) -> None:
        """Look at lists, links, history and answers."""
        lists: dict[Place, Listed] = {}
        links: dict[Place, dict[str, str]] = {}
        notes: list[Note] = []
        wrote = Counter[tuple[Place, str]]()
        for sku in self.skus:
            media = self.plain.products.media(sku)
            lists |= {(o.sku, o.role.value, o.market): Listed(o.revision, o.assets) for o in media.orders}
            for link in media.links:
                links.setdefault((sku, link.role.value, link.market), {})[link.asset_id] = link.state.value
            for told in self.plain.histories.of_product(sku, limit=10_000, before=None).changes:
                where = (told.sku, told.role.value, told.market)
                notes.append(Note(where, told.asset_id, told.revision, told.before, told.after))
                wrote[where, told.by] += told.asset_id is None
        others = Counter(where for where, by in wrote.elements() if by == SYSTEM or by in self.decisions)
        wrong = [*wrong_now(lists, links), *wrong_told(notes, lists, links)]
        wrong += wrong_answers(self.answered, notes, unanswered=self.in_flight + others)
        wrong += [f"{by} wrote {where} {n} times" for (where, by), n in wrote.items() if n > 1 and by != SYSTEM]
        assert not wrong, "\n".join(wrong)


def said_of(call: str, asked: Sequence[LinkOperation], outcomes: Sequence[OperationOutcome]) -> Iterator[Answered]:
    """Yield what the outcomes of operations say of each list: what the last one that was not refused left of it."""
    for place in dict.fromkeys(operation.place for operation in asked):
        own = [(op, said) for op, said in zip(asked, outcomes, strict=True) if op.place == place]
        done = [(op, said) for op, said in own if said.effect is not Effect.REFUSED]
        revision = own[0][1].revision
        if not done or revision is None:
            continue
        on: dict[str, bool] = {}
        for op, _ in done:
            on |= dict.fromkeys(op.assets, True) if op.asset_id is None else {op.asset_id: op.op is OperationKind.BIND}
        applied = [said.effect is Effect.APPLIED for _, said in done]
        yield Answered(
            call,
            _key(place),
            revision,
            on=tuple(each for each, is_on in on.items() if is_on),
            off=tuple(each for each, is_on in on.items() if not is_on),
            first=done[-1][0].assets,
            wrote=applied[0] if len(done) == 1 else None,
        )


def _key(place: ListPlace) -> Place:
    return (place.sku, place.role.value, place.market)
