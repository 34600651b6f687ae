"""cfn-lint, offline: the template as it is, and as it is deployed to either stack."""

import json

import pytest
from template.cloudformation import TEMPLATE, Document, embedded, on_aws

PARAMETERS_OF_THE_OTHER_BRANCH = ["W2001"]
"""A settled document has no conditions: the parameters that only they used are unused there."""


def _findings(text: str, *ignored: str) -> list[str]:
    from cfnlint.api import lint  # takes seconds to import: only in the process that lints
    from cfnlint.config import ManualArgs

    found = lint(text, config=ManualArgs(regions=["us-east-1"], ignore_checks=list(ignored)))
    return [f"{match.rule.id} line {match.linenumber}: {match.message}" for match in found]


@pytest.mark.slow
def test_cfn_lint_finds_nothing_in_the_template_nor_in_either_deployment(template: Document) -> None:
    """One test for all, since cfn-lint's first run in a process costs more than the others together."""
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"DisplayNames": "It."}}
    assert any(finding.startswith("E3002") for finding in _findings(json.dumps({"Resources": {"Alarms": topic}})))

    assert _findings(TEMPLATE.read_text(encoding="utf-8")) == []
    for settled in (on_aws, embedded):
        assert _findings(json.dumps(settled(template)), *PARAMETERS_OF_THE_OTHER_BRANCH) == [], settled.__name__
