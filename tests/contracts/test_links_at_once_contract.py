"""Whoever changes lists at once, on the table: its conditions keep what those of the fake keep."""

from hypothesis import settings
from hypothesis.stateful import run_state_machine_as_test

from assetwire.adapters.catalog.idempotency import DynamoIdempotentRequests
from assetwire.adapters.catalog.link_history import DynamoLinkHistories
from assetwire.adapters.catalog.matches import DynamoMatches
from assetwire.adapters.catalog.products import DynamoProducts
from assetwire.adapters.catalog.repository import DynamoCatalog
from assetwire.adapters.catalog.reviews import DynamoReviews
from assetwire.adapters.catalog.worklist import DynamoWorklist
from fakes.link_machine import LinkMachine, Ports


def test_lists_links_and_history_are_right_after_every_step(table: str) -> None:
    place = {"region": "us-east-1"}

    class Everything(DynamoCatalog, DynamoWorklist):
        """Assets and work items."""

    ports = Ports(
        DynamoProducts(table, **place),
        Everything(table, **place),
        DynamoMatches(table, **place),
        DynamoIdempotentRequests(table, **place),
        DynamoReviews(table, **place),
        DynamoLinkHistories(table, **place),
    )

    class OnTable(LinkMachine):
        @staticmethod
        def ports() -> Ports:
            return ports

    run_state_machine_as_test(OnTable, settings=settings(max_examples=2, stateful_step_count=20))
