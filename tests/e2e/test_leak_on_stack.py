"""No URL leaks from the deployed stack, and none is refused that is allowed: the leak test, with a few assets."""

import uuid

from assetwire_cli.local_stack import LocalStack
from leak.drive import LeakTest
from leak.on_stack import OnStack


def test_no_url_outlives_its_rights_on_the_deployed_stack_and_none_is_refused_before(stack: LocalStack) -> None:
    with OnStack(stack, prefix=f"leak-{uuid.uuid4()}") as world:
        report = LeakTest(world, assets=4, seed=3).run(
            1, keys=False
        )  # keys change in test_restart.py, and in bench.leak
    assert report.differences == []
    assert report.counts["answered"] > 300
    assert report.exposures
