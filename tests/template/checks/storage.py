"""Storage: the buckets and the Catalog's table are private, encrypted, and keep what must not be lost."""

from template.cloudformation import Document, listed, resources, target

_PRIVATE = ("BlockPublicAcls", "BlockPublicPolicy", "IgnorePublicAcls", "RestrictPublicBuckets")
_OUR_DISTRIBUTION = {"Fn::Sub": "arn:${AWS::Partition}:cloudfront::${AWS::AccountId}:distribution/${Distribution}"}


def buckets_are_private(document: Document) -> list[str]:
    """Every bucket blocks all public access, knows no ACLs, and encrypts."""
    findings = []
    for name, bucket in resources(document, "AWS::S3::Bucket").items():
        block = bucket.get("PublicAccessBlockConfiguration", {})
        findings += [f"{name} lacks {flag}" for flag in _PRIVATE if block.get(flag) is not True]
        if bucket.get("OwnershipControls", {}).get("Rules") != [{"ObjectOwnership": "BucketOwnerEnforced"}]:
            findings.append(f"{name} knows ACLs")
        if "AccessControl" in bucket or "WebsiteConfiguration" in bucket:
            findings.append(f"{name} has an ACL or a website")
        rules = bucket.get("BucketEncryption", {}).get("ServerSideEncryptionConfiguration", [])
        algorithms = [rule.get("ServerSideEncryptionByDefault", {}).get("SSEAlgorithm") for rule in rules]
        if algorithms not in (["AES256"], ["aws:kms"]):
            findings.append(f"{name} is not encrypted")
    return findings


def buckets_forget_incomplete_uploads(document: Document) -> list[str]:
    """Every bucket aborts multipart uploads that were never completed; they cost and nobody sees them."""
    findings = []
    for name, bucket in resources(document, "AWS::S3::Bucket").items():
        rules = bucket.get("LifecycleConfiguration", {}).get("Rules", [])
        aborting = [
            rule["AbortIncompleteMultipartUpload"].get("DaysAfterInitiation", 0)
            for rule in rules
            if rule.get("Status") == "Enabled" and "AbortIncompleteMultipartUpload" in rule and not rule.get("Prefix")
        ]
        if not any(0 < days <= 7 for days in aborting):
            findings.append(f"{name} keeps incomplete uploads")
    return findings


def buckets_speak_tls_only(document: Document) -> list[str]:
    """Every bucket denies every call that does not come over TLS, to anyone."""
    findings = []
    for name in resources(document, "AWS::S3::Bucket"):
        both = [{"Fn::GetAtt": [name, "Arn"]}, {"Fn::Sub": f"${{{name}.Arn}}/*"}]
        denials = [s for s in _policy_statements(document, name) if s["Effect"] == "Deny"]
        if not any(
            (s.get("Principal"), s.get("Action"), s.get("Resource")) == ("*", "s3:*", both)
            and s.get("Condition") == {"Bool": {"aws:SecureTransport": "false"}}
            for s in denials
        ):
            findings.append(f"{name} answers without TLS")
    return findings


def only_our_distribution_is_let_in(document: Document) -> list[str]:
    """Bucket policies allow one thing: this stack's distribution reads delivered objects."""
    allowed = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudfront.amazonaws.com"},
        "Action": "s3:GetObject",
        "Resource": {"Fn::Sub": "${DeliveryBucket.Arn}/*"},
        "Condition": {"StringEquals": {"aws:SourceArn": _OUR_DISTRIBUTION}},
    }
    findings = []
    for name in resources(document, "AWS::S3::Bucket"):
        for statement in _policy_statements(document, name):
            without_name = {key: value for key, value in statement.items() if key != "Sid"}
            if statement["Effect"] == "Allow" and not (name == "DeliveryBucket" and without_name == allowed):
                findings.append(f"the policy of {name} lets in others: {statement.get('Sid', statement)}")
    delivered = [s for s in _policy_statements(document, "DeliveryBucket") if s["Effect"] == "Allow"]
    return findings + ([] if delivered else ["our distribution may not read delivery"])


def _policy_statements(document: Document, bucket: str) -> list[Document]:
    policies = [p for p in resources(document, "AWS::S3::BucketPolicy").values() if target(p["Bucket"]) == bucket]
    return [statement for policy in policies for statement in listed(policy["PolicyDocument"]["Statement"])]


def masters_are_kept(document: Document) -> list[str]:
    """Masters are versioned, announced through EventBridge, and outlive the stack."""
    masters = document["Resources"].get("MastersBucket", {})
    properties, findings = masters.get("Properties", {}), []
    if properties.get("VersioningConfiguration") != {"Status": "Enabled"}:
        findings.append("masters are not versioned")
    announced = properties.get("NotificationConfiguration", {}).get("EventBridgeConfiguration", {})
    if announced.get("EventBridgeEnabled") is not True:
        findings.append("uploads of masters are not announced")
    for rule in properties.get("LifecycleConfiguration", {}).get("Rules", []):
        ending = [key for key in rule if "Expiration" in key]
        findings += [f"masters end by {key}" for key in ending]
    return findings + _outlives("MastersBucket", masters)


def marked_masters_move(document: Document, mark: dict[str, str]) -> list[str]:
    """Masters that carry the mark move to cold storage, whatever their size and age, and no others do."""
    masters = document["Resources"]["MastersBucket"]["Properties"].get("LifecycleConfiguration", {})
    moving = [rule for rule in masters.get("Rules", []) if any("Transition" in key for key in rule)]
    findings = [f"{rule.get('Id')} moves what is not marked" for rule in moving if rule.get("TagFilters") != [mark]]
    cold = {"StorageClass": {"Ref": "ArchiveStorageClass"}, "TransitionInDays": 0}
    wanted = {"Transitions": [cold], "NoncurrentVersionTransitions": [cold], "Status": "Enabled"}
    if not any(wanted.items() <= rule.items() for rule in moving):
        findings.append("marked masters do not move")
    if masters.get("TransitionDefaultMinimumObjectSize") != "varies_by_storage_class":
        findings.append("small masters never move")
    return findings


def the_table_is_kept(document: Document) -> list[str]:
    """The Catalog is on demand, restorable to any second, encrypted, streams both images, and outlives the stack."""
    findings = []
    tables = {n: r for n, r in document["Resources"].items() if r["Type"] == "AWS::DynamoDB::Table"}
    for name, resource in tables.items():
        table = resource["Properties"]
        wanted = {
            "BillingMode": "PAY_PER_REQUEST",
            "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True},
            "SSESpecification": {"SSEEnabled": True},
            "StreamSpecification": {"StreamViewType": "NEW_AND_OLD_IMAGES"},
        }
        findings += [f"{name} has another {key}" for key, value in wanted.items() if table.get(key) != value]
        life = table.get("TimeToLiveSpecification", {})
        if life.get("Enabled") is not True or not life.get("AttributeName"):
            findings.append(f"{name} forgets nothing")
        findings += _outlives(name, resource)
    return findings or ([] if tables else ["there is no table"])


def _outlives(name: str, resource: Document) -> list[str]:
    policies = ("DeletionPolicy", "UpdateReplacePolicy")
    return [f"{name} has no {policy}: Retain" for policy in policies if resource.get(policy) != "Retain"]
