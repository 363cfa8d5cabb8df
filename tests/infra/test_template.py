"""What the template promises about security and operation, read out of it."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.local.stack import ROOT
from infra.local.template import TEMPLATE, load
from lambdas.records import backoff_seconds

BODY = load()
RESOURCES: dict[str, Any] = BODY["Resources"]
PARAMETERS = sorted((ROOT / "infra" / "parameters").glob("*.json"))
FUNCTIONS = ("TextractProcessor", "TextractCompletion", "PostProcessor")


def of_type(kind: str) -> dict[str, Any]:
    return {name: resource["Properties"] for name, resource in RESOURCES.items() if resource["Type"] == kind}


def statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    return list(document["Statement"])


def role_statements() -> Iterator[tuple[str, dict[str, Any]]]:
    for name, role in of_type("AWS::IAM::Role").items():
        for policy in role["Policies"]:
            yield from ((name, statement) for statement in statements(policy["PolicyDocument"]))
    for name, policy in of_type("AWS::IAM::ManagedPolicy").items():
        yield from ((name, statement) for statement in statements(policy["PolicyDocument"]))


def listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def texts(value: Any) -> str:
    return json.dumps(value)


def bucket_statement(sid: str) -> dict[str, Any]:
    policy = RESOURCES["DocumentsBucketPolicy"]["Properties"]["PolicyDocument"]
    return next(statement for statement in statements(policy) if statement["Sid"] == sid)


def parameter(name: str, path: Path | None) -> str:
    given = {one["ParameterKey"]: one["ParameterValue"] for one in json.loads(path.read_text())} if path else {}
    return str(given.get(name, BODY["Parameters"][name].get("Default")))


def test_cfn_lint_finds_nothing() -> None:
    command = [str(Path(sys.executable).with_name("cfn-lint")), str(TEMPLATE)]
    ended = subprocess.run(command, capture_output=True, text=True, check=False)

    assert (ended.returncode, ended.stdout) == (0, "")


# --- the bucket ------------------------------------------------------------------------------------------------------


def test_the_bucket_is_private() -> None:
    bucket = RESOURCES["DocumentsBucket"]["Properties"]

    assert set(bucket["PublicAccessBlockConfiguration"].values()) == {True}
    assert len(bucket["PublicAccessBlockConfiguration"]) == 4
    assert bucket["OwnershipControls"]["Rules"] == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert "AccessControl" not in bucket


def test_only_tls_only_our_key() -> None:
    tls, kms, key = map(bucket_statement, ("TlsOnly", "KmsOnly", "OurKeyOnly"))

    assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", "s3:*")
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert len(tls["Resource"]) == 2
    assert kms["Effect"] == key["Effect"] == "Deny"
    assert kms["Condition"] == {"StringNotEqualsIfExists": {"s3:x-amz-server-side-encryption": "aws:kms"}}
    wanted = {"Fn::GetAtt": ["DataKey", "Arn"]}
    assert key["Condition"]["StringNotEqualsIfExists"]["s3:x-amz-server-side-encryption-aws-kms-key-id"] == wanted
    rule = RESOURCES["DocumentsBucket"]["Properties"]["BucketEncryption"]["ServerSideEncryptionConfiguration"][0]
    assert rule["ServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    assert rule["ServerSideEncryptionByDefault"]["KMSMasterKeyID"] == wanted


def test_raw_answers_grow_cold_and_go() -> None:
    rules = {rule["Id"]: rule for rule in RESOURCES["DocumentsBucket"]["Properties"]["LifecycleConfiguration"]["Rules"]}

    raw = rules["RawJson"]
    assert raw["Prefix"] == {"Fn::Sub": "${S3Prefix}results/"}
    assert raw["Transitions"][0]["TransitionInDays"] == {"Ref": "RawJsonToInfrequentAccessDays"}
    assert raw["ExpirationInDays"] == {"Ref": "RawJsonDeleteDays"}
    assert BODY["Parameters"]["RawJsonToInfrequentAccessDays"]["Default"] == 30
    assert BODY["Parameters"]["RawJsonDeleteDays"]["Default"] == 365
    assert rules["Replays"]["ExpirationInDays"] == raw["ExpirationInDays"]
    assert "bundles/" not in texts(list(rules.values()))
    assert rules["UnfinishedUploads"]["AbortIncompleteMultipartUpload"]


def test_what_holds_data_outlives_the_stack() -> None:
    for name in ("DocumentsBucket", "DataKey", "CallbackSecret"):
        assert RESOURCES[name]["DeletionPolicy"] == RESOURCES[name]["UpdateReplacePolicy"] == "Retain"
    assert RESOURCES["DataKey"]["Properties"]["EnableKeyRotation"] is True


# --- queues ----------------------------------------------------------------------------------------------------------


def test_every_queue_has_a_dead_letter_queue_and_each_of_those_an_alarm() -> None:
    queues = of_type("AWS::SQS::Queue")
    dead = {
        queue["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0]
        for queue in queues.values()
        if "RedrivePolicy" in queue
    }
    watched = {
        alarm["Dimensions"][0]["Value"]["Fn::GetAtt"][0]
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["MetricName"] == "ApproximateNumberOfMessagesVisible" and alarm["Threshold"] == 0
    }

    assert dead == {name for name in queues if name.endswith("DeadLetterQueue")}
    assert {name for name, queue in queues.items() if "RedrivePolicy" not in queue} == dead
    assert watched == dead


def test_queues_are_encrypted_and_tls_only() -> None:
    queues = of_type("AWS::SQS::Queue")
    guarded = {
        ref["Ref"]
        for policy in of_type("AWS::SQS::QueuePolicy").values()
        if any(
            s["Effect"] == "Deny" and "aws:SecureTransport" in texts(s) for s in statements(policy["PolicyDocument"])
        )
        for ref in policy["Queues"]
    }

    assert all(queue["SqsManagedSseEnabled"] is True for queue in queues.values())
    assert guarded == set(queues)


@pytest.mark.parametrize("path", [None, *PARAMETERS], ids=lambda path: path.stem if path else "defaults")
def test_a_message_stays_hidden_six_times_as_long_as_a_function_may_run(path: Path | None) -> None:
    hidden = int(parameter("JobsVisibilityTimeoutSeconds", path))

    assert hidden >= 6 * int(parameter("FunctionTimeoutSeconds", path))
    for name in ("JobsQueue", "CompletionQueue", "ReplayQueue"):
        assert RESOURCES[name]["Properties"]["VisibilityTimeout"] == {"Ref": "JobsVisibilityTimeoutSeconds"}


@pytest.mark.parametrize("path", [None, *PARAMETERS], ids=lambda path: path.stem if path else "defaults")
def test_a_message_is_tried_for_five_minutes_before_it_is_put_aside(path: Path | None) -> None:
    """As long as an API may be away while it is deployed."""
    receives = int(parameter("MaxReceiveCount", path))

    for message_id in ("a", "b", "c"):
        assert sum(backoff_seconds(message_id, receive) for receive in range(1, receives)) >= 300


@pytest.mark.parametrize("path", PARAMETERS, ids=lambda path: path.stem)
def test_an_environments_parameters_are_the_templates(path: Path) -> None:
    given = {one["ParameterKey"] for one in json.loads(path.read_text())}
    required = {name for name, entry in BODY["Parameters"].items() if "Default" not in entry}

    assert required <= given <= set(BODY["Parameters"])
    assert parameter("Environment", path) == path.stem
    assert parameter("DjangoApiUrl", path).startswith("https://")


# --- functions -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_is_fed_in_batches_that_may_fail_in_part(name: str) -> None:
    source = RESOURCES[f"{name}Source"]["Properties"]

    assert source["FunctionResponseTypes"] == ["ReportBatchItemFailures"]
    assert source["ScalingConfig"]["MaximumConcurrency"]
    assert "ReservedConcurrentExecutions" not in RESOURCES[f"{name}Function"]["Properties"]
    module, _, function = RESOURCES[f"{name}Function"]["Properties"]["Handler"].rpartition(".")
    assert (ROOT / (module.replace(".", "/") + ".py")).is_file()
    assert function == "handler"


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_function_knows_no_secret_and_logs_for_a_while(name: str) -> None:
    variables = RESOURCES[f"{name}Function"]["Properties"]["Environment"]["Variables"]

    assert "whsec" not in texts(variables)
    assert "resolve:secretsmanager" not in texts(variables)
    assert {key for key in variables if "SECRET" in key} <= {"CALLBACK_SECRET_ID"}
    logs = RESOURCES[f"{name}Logs"]["Properties"]
    assert logs["RetentionInDays"] == {"Ref": "LogRetentionDays"}


def test_the_processor_is_told_everything_it_reads() -> None:
    code = "\n".join(path.read_text() for path in (ROOT / "lambdas").rglob("*.py"))
    wanted = set(re.findall(r'env(?:iron)?\["([A-Z_0-9]+)"\]', code))

    assert wanted
    for name in FUNCTIONS:
        assert wanted <= set(RESOURCES[f"{name}Function"]["Properties"]["Environment"]["Variables"]), name


# --- roles -----------------------------------------------------------------------------------------------------------


def test_no_action_is_a_wildcard() -> None:
    wild = [
        (name, action)
        for name, statement in role_statements()
        for action in listed(statement["Action"])
        if "*" in action
    ]

    assert wild == []


def test_only_textract_is_allowed_on_everything() -> None:
    wide = {
        action
        for _, statement in role_statements()
        if "*" in [resource for resource in listed(statement["Resource"]) if isinstance(resource, str)]
        for action in listed(statement["Action"])
    }

    assert wide
    assert all(action.startswith("textract:") for action in wide)


def allowed(role: str, service: str) -> dict[str, set[str]]:
    """Action → the resources, as text, that a role may use it on."""
    found: dict[str, set[str]] = {}
    for name, statement in role_statements():
        if name == role:
            for action in listed(statement["Action"]):
                if action.startswith(f"{service}:"):
                    found.setdefault(action, set()).update(map(texts, listed(statement["Resource"])))
    return found


def test_the_processor_writes_only_answers_and_waiting_jobs() -> None:
    s3 = allowed("TextractProcessorRole", "s3")

    assert s3["s3:PutObject"] == {
        '{"Fn::Sub": "${DocumentsBucket.Arn}/${S3Prefix}results/*"}',
        '{"Fn::Sub": "${DocumentsBucket.Arn}/${S3Prefix}jobs/*"}',
    }
    assert set(s3) == {"s3:GetObject", "s3:GetObjectVersion", "s3:PutObject", "s3:ListBucket"}
    assert s3["s3:GetObjectVersion"] == {'{"Fn::Sub": "${DocumentsBucket.Arn}/${S3Prefix}${Environment}/*"}'}


def test_the_post_processor_can_ask_nobody() -> None:
    assert allowed("PostProcessorRole", "textract") == {}
    assert allowed("PostProcessorRole", "secretsmanager") == {}
    assert allowed("PostProcessorRole", "s3")["s3:PutObject"] == {
        '{"Fn::Sub": "${DocumentsBucket.Arn}/${S3Prefix}replays/*"}'
    }


def test_the_completion_reads_no_upload_and_asks_for_no_new_analysis() -> None:
    s3, textract = allowed("TextractCompletionRole", "s3"), allowed("TextractCompletionRole", "textract")

    assert s3["s3:PutObject"] == {'{"Fn::Sub": "${DocumentsBucket.Arn}/${S3Prefix}results/*"}'}
    assert "Environment" not in "".join(s3["s3:GetObject"])
    assert all(action.startswith("textract:Get") for action in textract)
    assert not any(action.startswith("textract:Get") for action in allowed("TextractProcessorRole", "textract"))


def test_every_key_of_the_bucket_that_is_named_has_the_prefix() -> None:
    keys = re.findall(r"DocumentsBucket\.Arn}/([^\"]+)", texts([statement for _, statement in role_statements()]))

    assert len(keys) > 8
    assert [key for key in keys if not key.startswith("${S3Prefix}")] == []
    for name in FUNCTIONS:
        variables = RESOURCES[f"{name}Function"]["Properties"]["Environment"]["Variables"]
        assert variables["S3_PREFIX"] == {"Ref": "S3Prefix"}


def test_each_function_takes_from_its_own_queue_only() -> None:
    for name, queue in zip(FUNCTIONS, ("JobsQueue", "CompletionQueue", "ReplayQueue"), strict=True):
        assert set().union(*allowed(f"{name}Role", "sqs").values()) == {texts({"Fn::GetAtt": [queue, "Arn"]})}


def test_the_api_cannot_take_jobs_nor_change_bundles_away() -> None:
    assert texts({"Fn::GetAtt": ["JobsQueue", "Arn"]}) not in allowed("ApiPolicy", "sqs")["sqs:ReceiveMessage"]
    deletes = allowed("ApiPolicy", "s3")["s3:DeleteObject"]
    assert not any("bundles" in resource for resource in deletes)


def test_only_textract_may_take_the_publishing_role() -> None:
    role = RESOURCES["TextractPublishRole"]["Properties"]
    [trust] = statements(role["AssumeRolePolicyDocument"])

    assert trust["Principal"] == {"Service": "textract.amazonaws.com"}
    assert "aws:SourceAccount" in texts(trust["Condition"])
    pass_role = next(s for n, s in role_statements() if n == "TextractProcessorRole" and s["Action"] == "iam:PassRole")
    assert pass_role["Resource"] == {"Fn::GetAtt": ["TextractPublishRole", "Arn"]}
    assert pass_role["Condition"] == {"StringEquals": {"iam:PassedToService": "textract.amazonaws.com"}}


def test_topics_and_secret_use_our_key() -> None:
    assert all(topic["KmsMasterKeyId"] == {"Ref": "DataKey"} for topic in of_type("AWS::SNS::Topic").values())
    assert all(secret["KmsKeyId"] == {"Ref": "DataKey"} for secret in of_type("AWS::SecretsManager::Secret").values())


def test_alarms_reach_somebody() -> None:
    alarms = of_type("AWS::CloudWatch::Alarm")

    assert all(alarm["AlarmActions"] == [{"Ref": "AlarmTopic"}] for alarm in alarms.values())
    assert {"ApproximateAgeOfOldestMessage"} <= {alarm["MetricName"] for alarm in alarms.values()}
    for name in ("LatencyAlarm", "LongLatencyAlarm"):
        latency = alarms[name]
        assert (latency["ExtendedStatistic"], latency["Threshold"]) == ("p95", {"Ref": f"{name}Seconds"})


def watched(metric: str) -> list[str]:
    """What the alarms on a metric look at: the value of their one dimension, as text."""
    alarms = [alarm for alarm in of_type("AWS::CloudWatch::Alarm").values() if alarm["MetricName"] == metric]
    return sorted(texts(alarm["Dimensions"][0]["Value"]) for alarm in alarms)


def test_errors_of_every_function_and_throttling_of_those_that_ask_are_watched() -> None:
    assert watched("Errors") == sorted(texts({"Ref": f"{name}Function"}) for name in FUNCTIONS)
    asking = [name for name in FUNCTIONS if allowed(f"{name}Role", "textract")]
    services = [
        RESOURCES[f"{name}Function"]["Properties"]["Environment"]["Variables"]["POWERTOOLS_SERVICE_NAME"]
        for name in asking
    ]
    assert watched("TextractThrottled") == sorted(map(texts, services))


def test_latency_is_watched_of_every_function_that_ends_jobs() -> None:
    ending = [
        path.parent.name for path in (ROOT / "lambdas").glob("*/handler.py") if "tail.finish(" in path.read_text()
    ]
    assert watched("JobSeconds") == sorted(texts(name.replace("_", "-")) for name in ending)


def test_our_own_metrics_are_those_the_functions_give_each_environment_apart() -> None:
    namespace = {"Fn::Sub": "docmap-${Environment}"}
    code = "\n".join(path.read_text() for path in (ROOT / "lambdas").rglob("*.py"))
    ours = [alarm for alarm in of_type("AWS::CloudWatch::Alarm").values() if alarm["Namespace"] == namespace]

    assert {alarm["MetricName"] for alarm in ours} == {"TextractThrottled", "JobSeconds"}
    assert all(f'name="{alarm["MetricName"]}"' in code for alarm in ours)
    assert all(
        alarm["Namespace"].startswith("AWS/")
        for alarm in of_type("AWS::CloudWatch::Alarm").values()
        if alarm["Namespace"] != namespace
    )
    for name in FUNCTIONS:
        variables = RESOURCES[f"{name}Function"]["Properties"]["Environment"]["Variables"]
        assert variables["POWERTOOLS_METRICS_NAMESPACE"] == namespace
