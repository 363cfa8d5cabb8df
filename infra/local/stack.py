"""The cloud on one machine, made from the CloudFormation template: PostgreSQL, S3, queues, topic, secret, Textract."""

from __future__ import annotations

import base64
import json
import os
import secrets
import socket
import sys
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from infra.local import postgres, seaweedfs
from infra.local.processes import Processes, free_ports
from infra.local.template import ACCOUNT, REGION, Template

ROOT = Path(__file__).resolve().parents[2]
MOTO_SERVICES = ("SQS", "SNS", "SSM", "SECRETS_MANAGER", "KMS", "CLOUDWATCH")
QUEUE_ATTRIBUTES: dict[str, Callable[[Any], str]] = {
    "VisibilityTimeout": str,
    "MessageRetentionPeriod": str,
    "DelaySeconds": str,
    "RedrivePolicy": json.dumps,
}
KEY_ALIAS = "alias/docmap-local"
"""SeaweedFS' own key service knows it; the key's ARN in the cloud."""


class LocalStack:
    """Up inside the `with` block. `env` is Django's, `function_env` a Lambda function's, as the template declares it."""

    def __init__(
        self, state_dir: Path, *, parameters: dict[str, str] | None = None, recordings: Sequence[Path] = ()
    ) -> None:
        self.state_dir = state_dir
        self.recordings = recordings
        self.processes = Processes(state_dir / "logs")
        self.template = Template(
            {"Environment": "local", "DjangoApiUrl": "http://127.0.0.1:8000", **(parameters or {})}
        )
        # All at once: of ports that are asked for one after the other two may be the same, until somebody listens.
        self._moto_port, self._textract_port, *self._s3_ports = free_ports(2 + len(seaweedfs.PORTS))
        self._s3_port = self._s3_ports[0]
        self._postgres: Any = None

    # --- life --------------------------------------------------------------------------------------------------------

    def __enter__(self) -> Self:
        try:
            with ThreadPoolExecutor(4) as pool:
                for started in [pool.submit(part) for part in self._parts()]:
                    started.result()
            self._make()
        except BaseException:
            self.__exit__(None, None, None)
            raise
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        # Nothing of S3's is kept, and an orderly stop of it takes half a minute.
        self.processes.stop_all(at_once=frozenset({"s3"}))
        if self._postgres is not None:
            self._postgres.cleanup()

    def _parts(self) -> list[Callable[[], None]]:
        return [self._start_postgres, self._start_s3, self._start_moto, self._start_textract]

    def _start_postgres(self) -> None:
        self._postgres = postgres.started(self.state_dir / "postgres")

    def _start_s3(self) -> None:
        command = seaweedfs.command(self.state_dir / "s3", self._s3_ports)
        self.processes.start("s3", command, os.environ, cwd=self.state_dir)
        self._wait("s3", self._s3_port)

    def _start_moto(self) -> None:
        command = [sys.executable, "-m", "moto.server", "-H", "127.0.0.1", "-p", str(self._moto_port)]
        self.processes.start("moto", command, os.environ)
        self._wait("moto", self._moto_port)

    def _start_textract(self) -> None:
        command = [sys.executable, "-m", "infra.local.textract", "--port", str(self._textract_port)]
        for folder in self.recordings:
            command += ["--recordings", str(folder)]
        self.processes.start("textract", command, {**os.environ, **self.aws_env, "PYTHONUNBUFFERED": "1"}, cwd=ROOT)
        self._wait("textract", self._textract_port)

    def _wait(self, name: str, port: int) -> None:
        self.processes.wait_until_it_answers(name, f"http://127.0.0.1:{port}/")

    # --- what the template declares ----------------------------------------------------------------------------------

    def _make(self) -> None:
        import boto3

        session = boto3.Session(
            region_name=REGION,
            aws_access_key_id=seaweedfs.ACCESS_KEY,
            aws_secret_access_key=seaweedfs.SECRET_KEY,
        )
        moto = f"http://127.0.0.1:{self._moto_port}"
        self.template.register("DataKey", Ref=KEY_ALIAS, Arn=KEY_ALIAS)
        self._make_bucket(session.client("s3", endpoint_url=f"http://127.0.0.1:{self._s3_port}"))
        self._make_queues(session.client("sqs", endpoint_url=moto))
        self._make_topics(session.client("sns", endpoint_url=moto))
        self._make_secret(session.client("secretsmanager", endpoint_url=moto))
        self._make_parameters(session.client("ssm", endpoint_url=moto))

    def _make_bucket(self, s3: Any) -> None:
        declared = self.template.properties("DocumentsBucket")
        bucket = declared["BucketName"]
        s3.create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})
        s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration=declared["VersioningConfiguration"])
        if "CorsConfiguration" in declared:
            rules = [_cors_rule(rule) for rule in declared["CorsConfiguration"]["CorsRules"]]
            s3.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": rules})
        self.template.register("DocumentsBucket", Ref=bucket, Arn=f"arn:aws:s3:::{bucket}")

    def _make_queues(self, sqs: Any) -> None:
        """Dead-letter queues first: the others name them."""
        names = self.template.of_type("AWS::SQS::Queue")
        for logical_id in sorted(
            names, key=lambda name: "RedrivePolicy" in self.template.body["Resources"][name]["Properties"]
        ):
            declared = self.template.properties(logical_id)
            attributes = {
                name: as_text(declared[name]) for name, as_text in QUEUE_ATTRIBUTES.items() if name in declared
            }
            url = sqs.create_queue(QueueName=declared["QueueName"], Attributes=attributes)["QueueUrl"]
            arn = f"arn:aws:sqs:{REGION}:{ACCOUNT}:{declared['QueueName']}"
            self.template.register(logical_id, Ref=url, Arn=arn, QueueName=declared["QueueName"])

    def _make_topics(self, sns: Any) -> None:
        for logical_id in self.template.of_type("AWS::SNS::Topic"):
            arn = sns.create_topic(Name=self.template.properties(logical_id)["TopicName"])["TopicArn"]
            self.template.register(logical_id, Ref=arn)
        declared = self.template.properties("CompletionSubscription")
        sns.subscribe(TopicArn=declared["TopicArn"], Protocol=declared["Protocol"], Endpoint=declared["Endpoint"])

    def _make_secret(self, manager: Any) -> None:
        name = self.template.properties("CallbackSecret")["Name"]
        key = {"id": "local-1", "secret": "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()}
        arn = manager.create_secret(Name=name, SecretString=json.dumps({"keys": [key]}))["ARN"]
        self.template.register("CallbackSecret", Ref=arn)

    def _make_parameters(self, ssm: Any) -> None:
        for logical_id in self.template.of_type("AWS::SSM::Parameter"):
            declared = self.template.properties(logical_id)
            ssm.put_parameter(Name=declared["Name"], Value=declared["Value"], Type=declared["Type"])

    # --- environments ------------------------------------------------------------------------------------------------

    @property
    def aws_env(self) -> dict[str, str]:
        """Where boto3 finds everything, by its own variables."""
        moto = f"http://127.0.0.1:{self._moto_port}"
        return {
            "AWS_ACCESS_KEY_ID": seaweedfs.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": seaweedfs.SECRET_KEY,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_REGION": REGION,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_ENDPOINT_URL_S3": f"http://127.0.0.1:{self._s3_port}",
            "AWS_ENDPOINT_URL_TEXTRACT": f"http://127.0.0.1:{self._textract_port}",
            **{f"AWS_ENDPOINT_URL_{service}": moto for service in MOTO_SERVICES},
        }

    @property
    def env(self) -> dict[str, str]:
        """Django's settings."""
        made = self.template.made
        parameters = self.template.parameters
        return {
            **self.aws_env,
            "ENVIRONMENT": "local",
            "DJANGO_SETTINGS_MODULE": "backend.config.settings",
            "DJANGO_SECRET_KEY": secrets.token_urlsafe(48),
            "DJANGO_ALLOWED_HOSTS": "127.0.0.1,localhost",
            "DJANGO_API_URL": parameters["DjangoApiUrl"],
            "DATABASE_URL": self._postgres.get_uri().replace("postgresql://", "postgres://"),
            "S3_BUCKET": made["DocumentsBucket"]["Ref"],
            "S3_PREFIX": parameters["S3Prefix"],
            "KMS_KEY_ID": KEY_ALIAS,
            "SQS_QUEUE_URL": made["JobsQueue"]["Ref"],
            "DLQ_URL": made["JobsDeadLetterQueue"]["Ref"],
            "CALLBACK_SECRET_ID": self.template.properties("CallbackSecret")["Name"],
            "MAX_UPLOAD_MB": parameters["MaxUploadMb"],
            "MAX_PAGES": parameters["MaxPages"],
            "TEXTRACT_FEATURES": parameters["TextractFeatures"],
            "CORS_ALLOWED_ORIGINS": parameters["CorsAllowedOrigins"],
        }

    def function_env(self, logical_id: str) -> dict[str, str]:
        """A function's variables as the template declares them, and what the poller needs of its event source."""
        declared = self.template.properties(logical_id)
        variables = {name: str(value) for name, value in declared["Environment"]["Variables"].items()}
        source = self._event_source(logical_id)
        return {
            **self.aws_env,
            **variables,
            "LOCAL_FUNCTION_HANDLER": declared["Handler"],
            "LOCAL_FUNCTION_NAME": declared["FunctionName"],
            "LOCAL_FUNCTION_TIMEOUT_SECONDS": str(declared["Timeout"]),
            "LOCAL_FUNCTION_MEMORY_MB": str(declared["MemorySize"]),
            "LOCAL_QUEUE_URL": variables["SQS_QUEUE_URL"],
            "LOCAL_QUEUE_ARN": source["EventSourceArn"],
            "LOCAL_BATCH_SIZE": str(source["BatchSize"]),
        }

    def _event_source(self, logical_id: str) -> dict[str, Any]:
        for name in self.template.of_type("AWS::Lambda::EventSourceMapping"):
            if self.template.body["Resources"][name]["Properties"]["FunctionName"] == {"Ref": logical_id}:
                return self.template.properties(name)
        raise ValueError(f"{logical_id} has no event source")

    # --- processes ---------------------------------------------------------------------------------------------------

    def start(
        self, name: str, argv: Sequence[str], env: dict[str, str], *, inherits: Sequence[socket.socket] = ()
    ) -> None:
        self.processes.start(name, argv, env, cwd=ROOT, inherits=inherits)

    def wait_until_it_answers(self, name: str, url: str) -> None:
        self.processes.wait_until_it_answers(name, url)

    def stop(self, name: str) -> None:
        self.processes.stop(name)

    def kill(self, name: str) -> None:
        self.processes.kill(name)

    def is_running(self, name: str) -> bool:
        return self.processes.is_running(name)

    def pid(self, name: str) -> int:
        return self.processes.pid(name)

    def log_path(self, name: str) -> Path:
        return self.processes.log_path(name)


def _cors_rule(rule: dict[str, Any]) -> dict[str, Any]:
    origins = rule["AllowedOrigins"]
    return {
        "AllowedOrigins": origins.split(",") if isinstance(origins, str) else origins,
        "AllowedMethods": rule["AllowedMethods"],
        "AllowedHeaders": rule["AllowedHeaders"],
        "ExposeHeaders": rule["ExposedHeaders"],
        "MaxAgeSeconds": rule["MaxAge"],
    }
