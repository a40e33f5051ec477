"""DynamoDB and SQS on loopback: moto's server, with the one promise of DynamoDB that moto leaves out."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Any, Literal

from moto.backends import get_backend
from moto.moto_server.threaded_moto_server import ThreadedMotoServer
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from skill.aws import Client

TABLE = "texts"
QUEUE, DEAD_QUEUE = "texts-waiting", "texts-dead"
#: As in template.yaml: how often a message is handed out before it counts as dead.
MAX_RECEIVES = 5


class _Atomic:
    """One request at a time.

    DynamoDB writes an item atomically; moto checks a condition and then writes, with nothing to keep two threads
    apart. What arrives still arrives in any order, and in between may come anything.
    """

    def __init__(self, app: Callable[..., Iterable[bytes]]) -> None:
        self._app = app
        self._lock = threading.Lock()

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        with self._lock:
            return list(self._app(environ, start_response))


class _Quiet(MotoRequestHandler):
    def log_request(self, *_: object) -> None:
        """Log nothing."""


class _Moto(ThreadedMotoServer):
    def _server_entry(self) -> None:
        app = _Atomic(DomainDispatcherApplication(create_backend_app))
        self._server = make_server(self._ip_address, self._port, app, True, request_handler=_Quiet)
        self._server_ready_event.set()
        self._server.serve_forever(0.05)


def _backends(service: Literal["dynamodb", "sqs"]) -> list[Any]:
    """List what moto keeps of a service, for every account and region."""
    return [backend for regions in get_backend(service).values() for backend in regions.values()]


class AwsServer:
    """A table and two queues, as template.yaml makes them."""

    def __init__(self) -> None:
        """Start the server and make what the skill needs."""
        for talkative in ("werkzeug", "moto"):
            logging.getLogger(talkative).setLevel(logging.WARNING)
        self._moto = _Moto(ip_address="127.0.0.1", port=0, verbose=False)
        self._moto.start()
        host, port = self._moto.get_host_and_port()
        self.url = f"http://{host}:{port}"
        limits: dict[str, Any] = {"connect_s": 5, "read_s": 20, "attempts": 1, "endpoint": self.url}
        self.dynamodb = Client("dynamodb", **limits).get()
        self.sqs = Client("sqs", **limits).get()
        self.queue_url = self.dead_url = ""
        self._make_table()
        self._make_queues()

    def _make_table(self) -> None:
        self.dynamodb.create_table(
            TableName=TABLE,
            KeySchema=[
                {"AttributeName": "who", "KeyType": "HASH"},
                {"AttributeName": "what", "KeyType": "RANGE"},
            ],
            AttributeDefinitions=[
                {"AttributeName": "who", "AttributeType": "S"},
                {"AttributeName": "what", "AttributeType": "S"},
            ],
            BillingMode="PAY_PER_REQUEST",
        )
        self.dynamodb.update_time_to_live(
            TableName=TABLE, TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires"}
        )

    def _make_queues(self) -> None:
        self.dead_url = self.sqs.create_queue(QueueName=DEAD_QUEUE)["QueueUrl"]
        dead = self.sqs.get_queue_attributes(QueueUrl=self.dead_url, AttributeNames=["QueueArn"])
        redrive = f'{{"deadLetterTargetArn":"{dead["Attributes"]["QueueArn"]}","maxReceiveCount":"{MAX_RECEIVES}"}}'
        self.queue_url = self.sqs.create_queue(
            QueueName=QUEUE, Attributes={"RedrivePolicy": redrive, "VisibilityTimeout": "1"}
        )["QueueUrl"]

    def items(self) -> list[dict[str, Any]]:
        """List everything the table holds."""
        return list(self.dynamodb.scan(TableName=TABLE, ConsistentRead=True)["Items"])

    def messages(self, url: str = "") -> list[dict[str, Any]]:
        """Receive what waits in the queue, as the consumer's event has it; it stays there until deleted."""
        found = self.sqs.receive_message(QueueUrl=url or self.queue_url, MaxNumberOfMessages=10)
        return [
            {"messageId": m["MessageId"], "receiptHandle": m["ReceiptHandle"], "body": m["Body"]}
            for m in found.get("Messages", [])
        ]

    def delete(self, record: dict[str, Any]) -> None:
        """Take a message that is done out of the queue."""
        self.sqs.delete_message(QueueUrl=self.queue_url, ReceiptHandle=record["receiptHandle"])

    def reset(self) -> None:
        """Empty the table and the queues."""
        # Straight in moto's memory: asked for over HTTP this would take longer than most conversations.
        for backend in _backends("dynamodb"):
            for table in backend.tables.values():
                table.items.clear()
        held = [queue for backend in _backends("sqs") for queue in backend.queues.values()]
        if any(q.approximate_number_of_messages or q.approximate_number_of_messages_not_visible for q in held):
            for url in (self.queue_url, self.dead_url):
                self.sqs.delete_queue(QueueUrl=url)
            self._make_queues()

    def close(self) -> None:
        """Stop the server."""
        self._moto.stop()
