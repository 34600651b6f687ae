"""The damages that each check of the template is there for, and checks that need to know more than the template."""

from collections.abc import Callable

from template.api_damages import API_DAMAGES
from template.checks import access, delivery, form, functions, messages, storage
from template.cloudformation import PROJECT, Document
from template.damage import Damage, add, put, together, without, without_resource

from assetwire.adapters.vault import MARK
from assetwire.domain import events

Check = Callable[[Document], list[str]]


FOLDERS = sorted(path.parent.name for path in (PROJECT / "functions").glob("*/handler.py"))


def folders(document: Document) -> list[str]:
    return functions.folders_and_functions_differ(document, FOLDERS)


def patterns(document: Document) -> list[str]:
    return messages.rules_name_known_events(document, events.EVENTS, events.SOURCE)


def archive(document: Document) -> list[str]:
    return storage.marked_masters_move(document, MARK)


def subscriptions(document: Document) -> list[str]:
    return messages.consumers_hear_of_what_concerns_them(document, INPUTS)


INPUTS = {
    "ingest": {"Object Created", "Object Restore Completed"},
    "unpack": {"Object Created"},
    "renditions": {
        *("AssetAccepted", "AssetVersioned", "MasterRecalled"),
        *("ItemDue", "MetadataChanged", "RenditionsOutdated", "RightsChanged"),
    },
    "transcode": {
        *(
            "AssetAccepted",
            "AssetVersioned",
            "MasterRecalled",
            "MetadataChanged",
            "RenditionsOutdated",
            "RightsChanged",
        ),
        *("AssetDeleted", "AssetQuarantined", "AssetWithdrawn", "ItemDue"),
    },
    "revalidate": {"ItemDue"},
    "enforce": {
        "AssetAccepted",
        "AssetDeleted",
        "AssetQuarantined",
        "AssetWithdrawn",
        "DeliveryOutdated",
        "EmbargoLifted",
        "RenditionsReady",
        "RightsChanged",
        "TranscodesReady",
    },
    "custody": {
        *("ArchivalRequested", "RecallRequested", "ItemDue"),
        *("AssetAccepted", "AssetVersioned", "RenditionsReady", "MasterRecalled"),
        *("Object Restore Completed", "Object Restore Expired", "Object Storage Class Changed"),
    },
}
"""Everything that changes what a function makes of an asset: one event missing, and the world stays as it was."""


_ROLE = "IngestRole/Policies/0/PolicyDocument/Statement"


_QUEUE_STATEMENT = "EnforceQueuePolicy/PolicyDocument/Statement/0"


_DELIVERY_STATEMENT = "DeliveryBucketPolicy/PolicyDocument/Statement/1"


_DISTRIBUTION = "Distribution/DistributionConfig"


_BEHAVIOUR = f"{_DISTRIBUTION}/DefaultCacheBehavior"


_HEADERS = "DeliveryHeadersPolicy/ResponseHeadersPolicyConfig/SecurityHeadersConfig"


_CACHE_KEY = "DeliveryCachePolicy/CachePolicyConfig/ParametersInCacheKeyAndForwardedToOrigin"


_SCHEDULE = {"Type": "ScheduleV2", "Properties": {"ScheduleExpression": "rate(1 minute)"}}


_ANOTHER_BEHAVIOUR = {"PathPattern": "/u/*", "TargetOriginId": "delivery", "ViewerProtocolPolicy": "https-only"}


_MASTERS_OBJECTS = {"Fn::Sub": "${MastersBucket.Arn}/*"}


_DELIVERED_OBJECTS = {"Fn::Sub": "${DeliveryBucket.Arn}/*"}


_SECRET = {"Fn::GetAtt": ["SigningKeys", "Id"]}


def _allow(action: str, resource: object) -> dict[str, object]:
    return {"Effect": "Allow", "Action": action, "Resource": resource}


def _may(role: str, action: str, resource: object) -> Damage:
    return add(f"{role}/Policies/0/PolicyDocument/Statement", _allow(action, resource))


DAMAGES: dict[Check, list[Damage]] = {
    **API_DAMAGES,
    functions.functions_log_into_groups_of_their_own: [
        without("RelayFunction/LoggingConfig"),
        without("RelayLogs/RetentionInDays"),
        without_resource("SignedUrlLogs"),
        put("RelayFunction/LoggingConfig/LogGroup", {"Ref": "EnforceLogs"}),
    ],
    functions.functions_have_roles_of_their_own: [
        without("EnforceFunction/Role"),
        put("EnforceFunction/Role", {"Fn::GetAtt": ["IngestRole", "Arn"]}),
        put("EnforceFunction/Policies", ["AmazonS3FullAccess"]),
    ],
    functions.functions_run_on_python_313_and_arm64: [
        put("Globals/Function/Runtime", "python3.11"),
        put("Globals/Function/Handler", "handler.main"),
        put("Parameters/Arch/Default", "x86_64"),
        put("IngestFunction/Runtime", "python3.12"),
        put("ImagingLayer/CompatibleRuntimes", ["python3.12"]),
        put("ImagingLayer/CompatibleArchitectures", ["x86_64"]),
    ],
    functions.functions_say_how_long_and_how_large: [
        without("CatalogFunction/Timeout"),
        without("CatalogFunction/MemorySize"),
    ],
    functions.temporary_files_hold_a_master: [
        without("RenditionsFunction/EphemeralStorage"),
        put("IngestFunction/EphemeralStorage/Size", 2048),
        put("Parameters/MaximumMasterBytes/MaxValue", 2**32),
    ],
    functions.functions_are_called: [without("SignedUrlFunction/Events"), without("RelayFunction/Events/Changes")],
    functions.functions_carry_only_the_layers_they_need: [
        add("SignedUrlFunction/Layers", {"Ref": "ImagingLayer"}),
        add("RelayFunction/Layers", {"Ref": "VideoLayer"}),
        put("RenditionsFunction/Layers", [{"Ref": "RuntimeLayer"}, {"Ref": "SharedLayer"}]),
        put("RelayFunction/Layers", [{"Ref": "SharedLayer"}]),
    ],
    functions.traced_functions_may_write_traces: [
        together(put("CatalogFunction/Tracing", "Active"), put("CatalogApiRole/Policies", [])),
    ],
    folders: [without_resource("RelayFunction"), put("RelayFunction/CodeUri", "functions/clock")],
    messages.queues_that_feed_functions_redrive: [
        without("IngestQueue/RedrivePolicy"),
        put("IngestQueue/RedrivePolicy/maxReceiveCount", 1),
        without_resource("EnforceDeadLetters"),
        without("EnforceFunction/Events/Changes/Properties/FunctionResponseTypes"),
    ],
    messages.queues_hide_messages_long_enough: [
        without("RenditionsQueue/VisibilityTimeout"),
        put("IngestQueue/VisibilityTimeout", 1799),
        put("EnforceFunction/Timeout", 61),
    ],
    messages.queues_keep_messages: [
        without("RelayFailures/MessageRetentionPeriod"),
        without("IngestQueue/SqsManagedSseEnabled"),
    ],
    messages.failures_raise_alarms: [
        without_resource("IngestDeadLettersAlarm"),
        without_resource("RelayFailuresAlarm"),
        without("EnforceDeadLettersAlarm/AlarmActions"),
        put("EnforceDeadLettersAlarm/ActionsEnabled", value=False),
        put("EnforceDeadLettersAlarm/Threshold", 10),
        put("EnforceDeadLettersAlarm/EvaluationPeriods", 60),
        put("EnforceDeadLettersAlarm/Dimensions/0/Value", {"Fn::GetAtt": ["EnforceQueue", "QueueName"]}),
        put("EnforceDeadLettersAlarm/MetricName", "NumberOfMessagesSent"),  # does not count what redrive moves
    ],
    messages.alarms_reach_the_topic: [
        without("RelayLagAlarm/AlarmActions"),
        put("RelayLagAlarm/AlarmActions", ["arn:aws:sns:eu-central-1:111122223333:elsewhere"]),
        put("RelayLagAlarm/AlarmDescription", "Late."),
        without("RelayLagAlarm/TreatMissingData"),
        put("EnforceDeadLettersAlarm/Period", 3600),
    ],
    messages.late_streams_raise_alarms: [
        without_resource("RelayLagAlarm"),
        put("RelayLagAlarm/Threshold", 86_400_000),
        put("RelayLagAlarm/ComparisonOperator", "LessThanThreshold"),
        put("RelayLagAlarm/Namespace", "AWS/SQS"),
    ],
    messages.rules_keep_what_they_cannot_deliver: [
        without("RenditionsRule/Targets/0/DeadLetterConfig"),
        without_resource("RenditionsDeadLetters"),
    ],
    messages.queues_admit_only_their_rule: [
        without_resource("EnforceQueuePolicy"),
        without(f"{_QUEUE_STATEMENT}/Condition"),
        put(f"{_QUEUE_STATEMENT}/Condition/ArnEquals/aws:SourceArn", {"Fn::GetAtt": ["IngestRule", "Arn"]}),
        put(f"{_QUEUE_STATEMENT}/Principal", "*"),
        put(f"{_QUEUE_STATEMENT}/Action", "sqs:*"),
        put("EnforceQueuePolicy/Queues", [{"Ref": "EnforceQueue"}]),
        put(f"{_QUEUE_STATEMENT}/Resource", {"Fn::GetAtt": ["EnforceQueue", "Arn"]}),
    ],
    messages.streams_keep_what_they_give_up: [
        without("RelayFunction/Events/Changes/Properties/DestinationConfig"),
        without("RelayFunction/Events/Changes/Properties/MaximumRecordAgeInSeconds"),
        without("RelayRole/Policies/0/PolicyDocument/Statement/3"),
        put("RelayFunction/Events/Changes/Properties/StartingPosition", "LATEST"),
    ],
    messages.asynchronous_sources_keep_failures: [
        put("EnforceFunction/Events/Clock", _SCHEDULE),
        put("IngestRule/Targets/0/Arn", {"Fn::GetAtt": ["IngestFunction", "Arn"]}),
        put("AlarmMail/Endpoint", {"Fn::GetAtt": ["CatalogFunction", "Arn"]}),
    ],
    patterns: [
        add("EnforceRule/EventPattern/detail-type", "RightsWidened"),
        put("EnforceRule/EventPattern/source", ["assetwires"]),
        without("EnforceRule/EventPattern/detail-type"),
        without("EnforceRule/EventBusName"),
        put("IngestRule/EventPattern/detail-type", ["ObjectCreated"]),
        without("IngestRule/EventPattern/detail"),
        put("LongFilmsRule/EventPattern/source", ["aws.s3"]),
        put("LongFilmsRule/EventPattern/detail-type", ["Job State Change"]),
        without("LongFilmsRule/EventPattern/detail/queue"),
    ],
    subscriptions: [
        without("EnforceRule/EventPattern/detail-type/3"),
        without_resource("TranscodeRefusalsRule"),
        without("RenditionsRule/EventPattern/detail-type/0"),
        put("EnforceRule/Targets/0/Arn", {"Fn::GetAtt": ["RenditionsQueue", "Arn"]}),
        without_resource("IngestRule"),
    ],
    archive: [
        put("MastersBucket/LifecycleConfiguration/Rules/1/TagFilters/0/Key", "archive"),
        put("MastersBucket/LifecycleConfiguration/Rules/1/Status", "Disabled"),
        without("MastersBucket/LifecycleConfiguration/Rules/1/TagFilters"),
        without("MastersBucket/LifecycleConfiguration/Rules/1/NoncurrentVersionTransitions"),
        without("MastersBucket/LifecycleConfiguration/TransitionDefaultMinimumObjectSize"),
    ],
    access.statements_name_their_actions: [
        put(f"{_ROLE}/2/Action", "*"),
        put(f"{_ROLE}/2/Action", "s3:Get*"),
        put(f"{_ROLE}/2/NotAction", "s3:DeleteObject"),
    ],
    access.statements_name_their_resources: [
        put(f"{_ROLE}/2/Resource", "*"),
        put(f"{_ROLE}/2/Resource", ["*"]),
        put(f"{_ROLE}/2/Resource", "arn:aws:s3:::*"),
        put(f"{_ROLE}/2/Resource", {"Fn::Sub": "${Catalog.Arn}/*"}),
        put(f"{_ROLE}/2/Resource", {"Fn::Sub": "${MastersBucket.Arn}*"}),
        put(f"{_ROLE}/2/Resource", {"Fn::Sub": "arn:${AWS::Partition}:s3:::*"}),
        put("CatalogApiRole/Policies/0/PolicyDocument/Statement/2/Resource", {"Fn::Sub": "${Catalog.Arn}/index/*"}),
        _may("IngestRole", "xray:GetTraceSummaries", "*"),
        _may("TranscodeRole", "mediaconvert:CancelJob", "*"),
        _may("TranscodeRole", "iam:PassRole", {"Fn::Sub": "arn:${AWS::Partition}:iam::${AWS::AccountId}:role/*"}),
    ],
    access.roles_are_for_lambda_alone: [
        put("IngestRole/ManagedPolicyArns", ["arn:aws:iam::aws:policy/ReadOnlyAccess"]),
        put("IngestRole/AssumeRolePolicyDocument/Statement/0/Principal", {"AWS": "*"}),
        without("LongFilmsRole/AssumeRolePolicyDocument/Statement/0/Condition"),
        put("TranscodeRole/AssumeRolePolicyDocument/Statement/0/Principal/Service", "mediaconvert.amazonaws.com"),
    ],
    access.objects_are_touched_by_those_who_need_to: [
        _may("RenditionsRole", "s3:PutObject", _DELIVERED_OBJECTS),
        _may("SignedUrlRole", "s3:GetObject", _MASTERS_OBJECTS),
        _may("CatalogApiRole", "s3:GetObjectVersion", [_MASTERS_OBJECTS]),
        _may("EnforceRole", "s3:GetObject", _MASTERS_OBJECTS),
        _may("LongFilmsRole", "s3:GetObject", _MASTERS_OBJECTS),
        without("LongFilmsRole/Policies"),
        _may("EnforceRole", "s3:PutBucketPolicy", {"Fn::GetAtt": ["MastersBucket", "Arn"]}),
        put("EnforceFunction/Role", {"Fn::GetAtt": ["SignedUrlRole", "Arn"]}),
    ],
    access.secrets_are_read_by_those_who_need_them: [
        _may("CatalogApiRole", "secretsmanager:GetSecretValue", _SECRET),
        _may("SignedUrlRole", "secretsmanager:PutSecretValue", _SECRET),
        _may("SignedUrlRole", "secretsmanager:GetSecretValue", {"Fn::GetAtt": ["WebhookSecrets", "Id"]}),
        _may("WebhooksRole", "secretsmanager:GetSecretValue", _SECRET),
        _may("MirrorRole", "secretsmanager:GetSecretValue", {"Fn::GetAtt": ["PimConnections", "Id"]}),
    ],
    access.functions_may_use_what_feeds_them: [
        without(f"{_ROLE}/0"),
        put(f"{_ROLE}/1/Resource", {"Fn::GetAtt": ["EnforceQueue", "Arn"]}),
    ],
    storage.buckets_are_private: [
        *(
            without(f"RenditionsBucket/PublicAccessBlockConfiguration/{flag}")
            for flag in ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
        ),
        without("DeliveryBucket/BucketEncryption"),
        put("MastersBucket/OwnershipControls/Rules", [{"ObjectOwnership": "ObjectWriter"}]),
        put("DeliveryBucket/AccessControl", "PublicRead"),
    ],
    storage.buckets_forget_incomplete_uploads: [
        without("MastersBucket/LifecycleConfiguration"),
        put("MastersBucket/LifecycleConfiguration/Rules/0/Status", "Disabled"),
    ],
    storage.buckets_speak_tls_only: [
        without_resource("MastersBucketPolicy"),
        without("RenditionsBucketPolicy/PolicyDocument/Statement/0"),
        put("RenditionsBucketPolicy/PolicyDocument/Statement/0/Effect", "Allow"),
        put("RenditionsBucketPolicy/PolicyDocument/Statement/0/Condition/Bool/aws:SecureTransport", "true"),
    ],
    storage.only_our_distribution_is_let_in: [
        without(f"{_DELIVERY_STATEMENT}/Condition"),
        put(f"{_DELIVERY_STATEMENT}/Principal", "*"),
        put(f"{_DELIVERY_STATEMENT}/Action", "s3:*"),
        put(f"{_DELIVERY_STATEMENT}/Condition/StringEquals/aws:SourceArn", {"Fn::Sub": "arn:aws:cloudfront::*"}),
        without(_DELIVERY_STATEMENT),
        add(
            "MastersBucketPolicy/PolicyDocument/Statement",
            {**_allow("s3:GetObject", _MASTERS_OBJECTS), "Principal": {"Service": "cloudfront.amazonaws.com"}},
        ),
    ],
    storage.masters_are_kept: [
        without("MastersBucket/VersioningConfiguration"),
        without("MastersBucket/NotificationConfiguration"),
        without("Resources/MastersBucket/DeletionPolicy"),
        put("Resources/MastersBucket/UpdateReplacePolicy", "Delete"),
        put("MastersBucket/LifecycleConfiguration/Rules/0/NoncurrentVersionExpiration", {"NoncurrentDays": 30}),
    ],
    storage.the_table_is_kept: [
        without("Catalog/PointInTimeRecoverySpecification"),
        without("Catalog/SSESpecification"),
        without("Catalog/TimeToLiveSpecification"),
        put("Catalog/BillingMode", "PROVISIONED"),
        put("Catalog/StreamSpecification/StreamViewType", "NEW_IMAGE"),
        without("Resources/Catalog/DeletionPolicy"),
        without("Resources/Catalog/UpdateReplacePolicy"),
    ],
    delivery.the_only_origin_is_delivery: [
        without(f"{_DISTRIBUTION}/Origins/0/OriginAccessControlId"),
        put(f"{_DISTRIBUTION}/Origins/0/DomainName", {"Fn::GetAtt": ["MastersBucket", "RegionalDomainName"]}),
        add(f"{_DISTRIBUTION}/Origins", {"Id": "masters", "DomainName": "masters.example"}),
        put("DeliveryAccess/OriginAccessControlConfig/SigningBehavior", "no-override"),
    ],
    delivery.every_behaviour_asks_for_a_signature: [
        without(f"{_BEHAVIOUR}/TrustedKeyGroups"),
        put(f"{_BEHAVIOUR}/TrustedKeyGroups", []),
        put(f"{_BEHAVIOUR}/ViewerProtocolPolicy", "allow-all"),
        put(f"{_BEHAVIOUR}/AllowedMethods", ["GET", "HEAD", "PUT"]),
        put(f"{_DISTRIBUTION}/CacheBehaviors", [_ANOTHER_BEHAVIOUR]),
        put(f"{_DISTRIBUTION}/CacheBehaviors/0/PathPattern", "/*"),
        put(f"{_DISTRIBUTION}/CacheBehaviors/0/ViewerProtocolPolicy", "allow-all"),
        put("DeliveryKeyGroup/KeyGroupConfig/Items", ["K2JCJMDEHXQW5F"]),
    ],
    delivery.caches_ignore_what_viewers_vary: [
        without(f"{_BEHAVIOUR}/CachePolicyId"),
        put(f"{_CACHE_KEY}/QueryStringsConfig/QueryStringBehavior", "all"),
        put("DeliveryCachePolicy/CachePolicyConfig/MinTTL", 60),
        put(f"{_DISTRIBUTION}/CacheBehaviors", [_ANOTHER_BEHAVIOUR]),
    ],
    delivery.answers_carry_security_headers: [
        without(f"{_BEHAVIOUR}/ResponseHeadersPolicyId"),
        without(f"{_HEADERS}/StrictTransportSecurity"),
        without(f"{_HEADERS}/ContentTypeOptions"),
        without(f"{_HEADERS}/ContentSecurityPolicy"),
        put(f"{_HEADERS}/ContentSecurityPolicy/ContentSecurityPolicy", "default-src *"),
        put(f"{_DISTRIBUTION}/CacheBehaviors", [_ANOTHER_BEHAVIOUR]),
    ],
    delivery.errors_are_not_remembered: [
        without(f"{_DISTRIBUTION}/CustomErrorResponses/0"),
        put(f"{_DISTRIBUTION}/CustomErrorResponses/1/ErrorCachingMinTTL", 10),
        without(f"{_DISTRIBUTION}/CustomErrorResponses/4/ErrorCachingMinTTL"),
    ],
    form.everything_is_described: [
        without("Parameters/CorsOrigins/Description"),
        without("Outputs/DeliveryUrl/Description"),
        without("Description"),
    ],
}


CHECKS_OF_BOTH_STACKS = [
    check
    for check in DAMAGES
    if check
    not in {
        storage.buckets_speak_tls_only,  # the embedded stack speaks plain HTTP
        storage.only_our_distribution_is_let_in,  # and does not enforce bucket policies of services
        delivery.every_behaviour_asks_for_a_signature,  # the local edge asks instead
    }
]
