"""The poller does with a batch what Lambda's event source mapping does."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import httpx
import pytest

from infra.local import postgres
from infra.local.poller import Poller
from infra.local.processes import NotStarted
from infra.local.stack import LocalStack
from tests import aws_double
from tests.folders import ServerFolder
from tests.waiting import eventually

pytestmark = pytest.mark.stack


@pytest.fixture(scope="module")
def sqs(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """moto's SQS: redrive to a dead-letter queue works in it."""
    with aws_double.running(tmp_path_factory.mktemp("moto")) as url:
        yield boto3.client(
            "sqs", endpoint_url=url, region_name="eu-west-1", aws_access_key_id="any", aws_secret_access_key="any"
        )


@pytest.fixture
def queues(sqs: Any, request: pytest.FixtureRequest) -> tuple[str, str]:
    """A queue that gives a message back at once and gives it up after two receives, and where it goes then."""
    name = request.node.name[:60].replace("[", "-").replace("]", "")
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 2})
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": redrive}
    return sqs.create_queue(QueueName=name, Attributes=attributes)["QueueUrl"], dead


def poller(sqs: Any, queue: str, handler: Callable[[dict[str, Any], Any], Any]) -> Poller:
    env = {
        "LOCAL_QUEUE_URL": queue,
        "LOCAL_QUEUE_ARN": "arn:aws:sqs:eu-west-1:123456789012:any",
        "LOCAL_BATCH_SIZE": "10",
        "LOCAL_FUNCTION_TIMEOUT_SECONDS": "30",
        "LOCAL_FUNCTION_NAME": "any",
        "LOCAL_FUNCTION_MEMORY_MB": "128",
    }
    return Poller(handler, sqs, env)


def waiting(sqs: Any, queue: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    attributes = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
    return sum(map(int, attributes.values()))


def test_a_handled_message_is_deleted(sqs: Any, queues: tuple[str, str]) -> None:
    queue, _ = queues
    events: list[dict[str, Any]] = []
    sqs.send_message(QueueUrl=queue, MessageBody="hello")

    poller(sqs, queue, lambda event, context: events.append(event)).poll_once()

    assert waiting(sqs, queue) == 0
    [record] = events[0]["Records"]
    assert record["body"] == "hello"
    assert record["eventSource"] == "aws:sqs"
    assert record["attributes"]["ApproximateReceiveCount"] == "1"
    assert record["attributes"]["SentTimestamp"].isdigit()


def test_only_what_failed_comes_again(sqs: Any, queues: tuple[str, str]) -> None:
    queue, _ = queues
    for body in ("good", "bad"):
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    seen: list[tuple[str, str]] = []

    def handler(event: dict[str, Any], context: Any) -> dict[str, Any]:
        for record in event["Records"]:
            seen.append((record["body"], record["attributes"]["ApproximateReceiveCount"]))
        failed = [record["messageId"] for record in event["Records"] if record["body"] == "bad"]
        return {"batchItemFailures": [{"itemIdentifier": identity} for identity in failed]}

    one = poller(sqs, queue, handler)
    eventually(lambda: one.poll_once() and len(seen) >= 3)

    assert sorted(seen[:2]) == [("bad", "1"), ("good", "1")]
    assert seen[2] == ("bad", "2")


def test_a_message_that_always_fails_is_put_aside(sqs: Any, queues: tuple[str, str]) -> None:
    queue, dead = queues
    sqs.send_message(QueueUrl=queue, MessageBody="poison")

    def handler(event: dict[str, Any], context: Any) -> None:
        raise RuntimeError("no")

    one = poller(sqs, queue, handler)
    eventually(lambda: one.poll_once() == 0 and waiting(sqs, dead) == 1)

    assert waiting(sqs, queue) == 0


def test_the_handler_is_told_how_long_it_has(sqs: Any, queues: tuple[str, str]) -> None:
    queue, _ = queues
    left: list[int] = []
    sqs.send_message(QueueUrl=queue, MessageBody="hello")

    poller(sqs, queue, lambda event, context: left.append(context.get_remaining_time_in_millis())).poll_once()

    assert 0 < left[0] <= 30_000


def may_put_from(address: str, origin: str) -> bool:
    """What a browser asks before it uploads."""
    asked = {"Origin": origin, "Access-Control-Request-Method": "PUT", "Access-Control-Request-Headers": "content-type"}
    answer = httpx.options(address, headers=asked)
    return answer.headers.get("Access-Control-Allow-Origin") == origin


def test_the_stack_is_the_templates_and_stops_what_it_started(tmp_path: Path) -> None:
    parameters = {
        "JobsVisibilityTimeoutSeconds": "77",
        "MaxReceiveCount": "4",
        "CorsAllowedOrigins": "https://app.example.com,https://web.example.com",
    }
    with LocalStack(tmp_path, parameters=parameters) as stack:
        env = stack.aws_env
        client = boto3.client(
            "sqs",
            endpoint_url=env["AWS_ENDPOINT_URL_SQS"],
            region_name="eu-west-1",
            aws_access_key_id="any",
            aws_secret_access_key="any",
        )
        attributes = client.get_queue_attributes(QueueUrl=stack.env["SQS_QUEUE_URL"], AttributeNames=["All"])[
            "Attributes"
        ]
        address = f"{env['AWS_ENDPOINT_URL_S3']}/{stack.env['S3_BUCKET']}/local/AG-001/a.pdf"
        allowed = [
            may_put_from(address, origin)
            for origin in ("https://app.example.com", "https://web.example.com", "https://evil.example.com")
        ]
        pids = [stack.pid(name) for name in ("s3", "moto", "textract")]
        assert all(Path(f"/proc/{pid}").exists() for pid in pids)

    assert allowed == [True, True, False]
    assert attributes["VisibilityTimeout"] == "77"
    redrive = json.loads(attributes["RedrivePolicy"])
    assert int(redrive["maxReceiveCount"]) == 4
    assert redrive["deadLetterTargetArn"].endswith("jobs-dead")
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def test_a_stack_that_does_not_come_up_says_which_part_and_leaves_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("infra.local.processes.START_SECONDS", 0)
    stack = LocalStack(tmp_path)

    with pytest.raises(
        NotStarted,
        match=r"(s3|moto|textract) did not start: no answer at .* Its log, .*\/(s3|moto|textract).log, ends:",
    ):
        stack.__enter__()

    assert not any(stack.is_running(name) for name in ("s3", "moto", "textract"))


def test_a_database_that_does_not_come_up_says_why(server_folder: ServerFolder) -> None:
    with server_folder("postgres") as folder:
        postgres.started(folder / "data").stop()
        (folder / "data" / "postgresql.conf").write_text("nonsense = 1\n")

        with pytest.raises(NotStarted, match="nonsense"):
            postgres.started(folder / "data", seconds=0)
