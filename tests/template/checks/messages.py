"""Messages: nothing that a queue, a rule or a stream carries is lost, and somebody hears of each failure."""

from collections.abc import Collection, Iterator
from typing import Any

from template.cloudformation import Document, functions, listed, resources, target

FOURTEEN_DAYS = 14 * 24 * 3600
"""The longest that SQS keeps a message, in seconds."""

FROM_S3 = ("Object Created", "Object Restore Completed", "Object Restore Expired", "Object Storage Class Changed")
"""What S3 tells EventBridge and a function of ours waits for. Source: S3 user guide, "Using EventBridge"."""

FROM_MEDIACONVERT = ("MediaConvert Job State Change",)
"""What MediaConvert tells EventBridge. Source: MediaConvert user guide, "EventBridge events"."""

_ANSWERED = {"Api", "HttpApi", "FunctionUrl", "Cognito", "AlexaSkill"}
_POLLED_QUEUES = {"SQS"}
_POLLED_STREAMS = {"DynamoDB", "Kinesis", "MSK", "SelfManagedKafka", "MQ", "DocumentDB"}
"""SAM event types by how Lambda is called: synchronously, from a queue, from a stream; all others asynchronously.

Source: AWS SAM specification, EventSource; Lambda developer guide, "Invoking functions".
"""


def _sources(document: Document, kinds: Collection[str]) -> Iterator[tuple[str, Document, Document]]:
    """Yield the name of each function with an event source of these types, its properties, and the source's."""
    for name, function in functions(document).items():
        for event in function.get("Events", {}).values():
            if event["Type"] in kinds:
                yield name, function, event["Properties"]


def failure_queues(document: Document) -> set[str | None]:
    """Return the logical id of every queue in which something ends that failed."""
    found = {
        target(queue.get("RedrivePolicy", {}).get("deadLetterTargetArn"))
        for queue in resources(document, "AWS::SQS::Queue").values()
    }
    for rule in resources(document, "AWS::Events::Rule").values():
        found |= {target(to.get("DeadLetterConfig", {}).get("Arn")) for to in rule["Targets"]}
    for _, _, source in _sources(document, _POLLED_STREAMS):
        found.add(target(source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")))
    named_so = {n for n in resources(document, "AWS::SQS::Queue") if n.endswith(("DeadLetters", "Failures"))}
    return (found - {None}) | named_so


def queues_that_feed_functions_redrive(document: Document) -> list[str]:
    """A message that keeps failing ends in a dead-letter queue, after at least five attempts.

    Source: Lambda developer guide, "Configuring a queue to use with Lambda": maxReceiveCount at least 5, or throttling
    alone fills the dead letters.
    """
    queues, findings = resources(document, "AWS::SQS::Queue"), []
    for name, _, source in _sources(document, _POLLED_QUEUES):
        redrive = queues.get(str(target(source["Queue"])), {}).get("RedrivePolicy", {})
        if target(redrive.get("deadLetterTargetArn")) not in queues:
            findings.append(f"the queue of {name} has no dead-letter queue")
        elif redrive.get("maxReceiveCount", 0) < 5:
            findings.append(f"the queue of {name} gives up before the fifth attempt")
        if "ReportBatchItemFailures" not in source.get("FunctionResponseTypes", []):
            findings.append(f"{name} cannot report which message of a batch failed")
    return findings


def queues_hide_messages_long_enough(document: Document) -> list[str]:
    """A queue hides a message for six times as long as its function may run.

    Source: Lambda developer guide, "Configuring a queue to use with Lambda".
    """
    queues, findings = resources(document, "AWS::SQS::Queue"), []
    for name, function, source in _sources(document, _POLLED_QUEUES):
        hidden = queues.get(str(target(source["Queue"])), {}).get("VisibilityTimeout", 30)
        if hidden < 6 * function["Timeout"]:
            findings.append(f"the queue of {name} hides messages for {hidden} s, less than 6 × {function['Timeout']} s")
    return findings


def queues_keep_messages(document: Document) -> list[str]:
    """Every queue is encrypted and keeps what it holds as long as SQS can."""
    findings = []
    for name, queue in resources(document, "AWS::SQS::Queue").items():
        if queue.get("MessageRetentionPeriod") != FOURTEEN_DAYS:
            findings.append(f"{name} does not keep messages for 14 days")
        if queue.get("SqsManagedSseEnabled") is not True and "KmsMasterKeyId" not in queue:
            findings.append(f"{name} is not encrypted")
    return findings


def failures_raise_alarms(document: Document) -> list[str]:
    """The first message in a failure queue raises an alarm that reaches the topic."""
    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    watched = {
        target(d["Value"]) for alarm in alarms if _tells_of_one_message(document, alarm) for d in alarm["Dimensions"]
    }
    return [f"no alarm tells of messages in {name}" for name in sorted(map(str, failure_queues(document) - watched))]


def _tells_of_one_message(document: Document, alarm: Document) -> bool:
    metric = (alarm.get("Namespace"), alarm.get("MetricName"), [d["Name"] for d in alarm.get("Dimensions", [])])
    smallest = {"GreaterThanOrEqualToThreshold": 1, "GreaterThanThreshold": 0}.get(alarm.get("ComparisonOperator", ""))
    return (
        metric == ("AWS/SQS", "ApproximateNumberOfMessagesVisible", ["QueueName"])
        and alarm.get("Statistic") == "Maximum"
        and (alarm.get("Threshold"), alarm.get("EvaluationPeriods")) == (smallest, 1)
        and _acts(document, alarm)
    )


def alarms_reach_the_topic(document: Document) -> list[str]:
    """Every alarm, whatever it watches, acts on a topic of this template and says where to read on."""
    findings = []
    for name, alarm in resources(document, "AWS::CloudWatch::Alarm").items():
        if not _acts(document, alarm):
            findings.append(f"{name} reaches no topic")
        if alarm.get("TreatMissingData") != "notBreaching" or alarm.get("Period", 300) > 60:
            findings.append(f"{name} takes silence for an alarm, or is slow")
        if "docs/operations.md" not in alarm.get("AlarmDescription", ""):
            findings.append(f"{name} names no runbook")
    return findings


def _acts(document: Document, alarm: Document) -> bool:
    topics = resources(document, "AWS::SNS::Topic")
    return alarm.get("ActionsEnabled", True) and any(target(a) in topics for a in alarm.get("AlarmActions", []))


def rules_keep_what_they_cannot_deliver(document: Document) -> list[str]:
    """Each target of an event rule has a dead-letter queue."""
    queues = resources(document, "AWS::SQS::Queue")
    return [
        f"{name} has a target without a dead-letter queue"
        for name, rule in resources(document, "AWS::Events::Rule").items()
        for to in rule["Targets"]
        if target(to.get("DeadLetterConfig", {}).get("Arn")) not in queues
    ]


def queues_admit_only_their_rule(document: Document) -> list[str]:
    """EventBridge may send to a rule's queue and dead-letter queue for that rule alone, and nobody else is let in."""
    admitted, findings = set(), []
    for name, policy in resources(document, "AWS::SQS::QueuePolicy").items():
        covered = {target(queue) for queue in policy["Queues"]}
        for statement in policy["PolicyDocument"]["Statement"]:
            rule = target(statement.get("Condition", {}).get("ArnEquals", {}).get("aws:SourceArn"))
            by_events = statement.get("Principal") == {"Service": "events.amazonaws.com"}
            if statement["Effect"] != "Allow":
                continue
            if not by_events or statement.get("Action") != "sqs:SendMessage" or rule is None:
                findings.append(f"{name} lets in more than one rule's messages")
                continue
            admitted |= {(rule, target(r)) for r in listed(statement["Resource"]) if target(r) in covered}
    for name, rule in resources(document, "AWS::Events::Rule").items():
        for to in rule["Targets"]:
            queues = {target(to["Arn"]), target(to.get("DeadLetterConfig", {}).get("Arn"))} - {None}
            findings += [f"no queue policy lets {name} send to {q}" for q in queues if (name, q) not in admitted]
    return findings


def streams_keep_what_they_give_up(document: Document) -> list[str]:
    """A stream source that gives up leaves its records' place in a failure queue that its role may write."""
    queues, roles, findings = resources(document, "AWS::SQS::Queue"), resources(document, "AWS::IAM::Role"), []
    for name, function, source in _sources(document, _POLLED_STREAMS):
        destination = source.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination")
        statements = [
            statement
            for policy in roles.get(str(target(function.get("Role"))), {}).get("Policies", [])
            for statement in policy["PolicyDocument"]["Statement"]
        ]
        if target(destination) not in queues:
            findings.append(f"the stream of {name} has no failure destination")
        elif not any("sqs:SendMessage" in s["Action"] and s["Resource"] == destination for s in statements):
            findings.append(f"{name} may not write its failure destination")
        if not 0 < source.get("MaximumRecordAgeInSeconds", -1) < 86400:
            findings.append(f"the stream of {name} retries until its records are gone")
        if source.get("StartingPosition") != "TRIM_HORIZON":
            findings.append(f"{name} skips what stood in the stream before it")
    return findings


def asynchronous_sources_keep_failures(document: Document) -> list[str]:
    """Whatever calls a function asynchronously (a schedule, a rule, a topic) has a failure destination behind it."""
    findings = []
    for name, function in functions(document).items():
        kinds = {event["Type"] for event in function.get("Events", {}).values()}
        if kinds - _ANSWERED - _POLLED_QUEUES - _POLLED_STREAMS and not _keeps_failures(function):
            findings.append(f"{name} is called asynchronously and keeps no failures")
    called = [
        *(target(to["Arn"]) for r in resources(document, "AWS::Events::Rule").values() for to in r["Targets"]),
        *(target(s["Target"]["Arn"]) for s in resources(document, "AWS::Scheduler::Schedule").values()),
        *(target(s["Endpoint"]) for s in resources(document, "AWS::SNS::Subscription").values()),
    ]
    findings += [
        f"{name} is called asynchronously and keeps no failures"
        for name, function in resources(document, "AWS::Serverless::Function").items()
        if name in called and not _keeps_failures(function)
    ]
    return findings


def _keeps_failures(function: Document) -> bool:
    destination = function.get("EventInvokeConfig", {}).get("DestinationConfig", {}).get("OnFailure", {})
    return bool(destination.get("Destination") or function.get("DeadLetterQueue", {}).get("TargetArn"))


def rules_name_known_events(document: Document, events: Collection[str], source: str) -> list[str]:
    """Return what event rules wait for that nobody announces: on our bus our events, on the default bus S3's."""
    buses, findings = resources(document, "AWS::Events::EventBus"), []
    for name, rule in resources(document, "AWS::Events::Rule").items():
        pattern: dict[str, Any] = rule["EventPattern"]
        ours = target(rule.get("EventBusName")) in buses
        of_aws = {"aws.s3": FROM_S3, "aws.mediaconvert": FROM_MEDIACONVERT}
        sources = pattern.get("source", [])
        if len(sources) != 1 or sources[0] not in ([source] if ours else of_aws):
            findings.append(f"{name} listens to another source than its bus has")
        known = events if ours else [kind for each in sources for kind in of_aws.get(each, ())]
        unknown = [kind for kind in pattern.get("detail-type", []) if kind not in known]
        findings += [f"{name} waits for {kind}, which nobody announces" for kind in unknown]
        if not pattern.get("detail-type"):
            findings.append(f"{name} waits for everything")
        buckets = pattern.get("detail", {}).get("bucket", {}).get("name", [])
        if sources == ["aws.s3"] and [target(bucket) for bucket in buckets] != ["MastersBucket"]:
            findings.append(f"{name} waits for other buckets than the masters'")
        queues = pattern.get("detail", {}).get("queue", [])
        if sources == ["aws.mediaconvert"] and [target(queue) for queue in queues] != ["LongFilmsQueue"]:
            findings.append(f"{name} waits for other jobs than ours")
    return findings


def consumers_hear_of_what_concerns_them(document: Document, wanted: dict[str, set[str]]) -> list[str]:
    """Return each event that a function (by its folder) needs and that no rule brings to its queue."""
    heard: dict[str | None, set[str]] = {}
    for rule in resources(document, "AWS::Events::Rule").values():
        for to in rule["Targets"]:
            heard.setdefault(target(to["Arn"]), set()).update(rule["EventPattern"].get("detail-type", []))
    findings = []
    for name, _, source in _sources(document, _POLLED_QUEUES):
        missing = wanted.get(name, set()) - heard.get(target(source["Queue"]), set())
        findings += [f"{name} does not hear of {event}" for event in sorted(missing)]
    return findings


def late_streams_raise_alarms(document: Document) -> list[str]:
    """A function that reads a stream has an alarm on how far it is behind."""
    ids = {str(p.get("CodeUri")): n for n, p in resources(document, "AWS::Serverless::Function").items()}
    alarms = resources(document, "AWS::CloudWatch::Alarm").values()
    watched = {
        target(d["Value"])
        for alarm in alarms
        if (alarm.get("Namespace"), alarm.get("MetricName")) == ("AWS/Lambda", "IteratorAge")
        and alarm.get("ComparisonOperator") == "GreaterThanOrEqualToThreshold"
        and 0 < alarm.get("Threshold", 0) <= 3_600_000  # milliseconds
        and _acts(document, alarm)
        for d in alarm["Dimensions"]
    }
    reading = {ids[str(function["CodeUri"])] for _, function, _ in _sources(document, _POLLED_STREAMS)}
    return [f"nobody hears when {name} is late" for name in sorted(reading - watched)]
