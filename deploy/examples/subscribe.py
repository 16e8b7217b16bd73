#!/usr/bin/env python3
"""Keeps a copy of a dataset in SQLite that is equal to what reporting publishes. Needs pika; AMQP only.

    subscribe.py AMQP-URL DATASET FILE [--once]

The cells of an edition and the position in the stream are written by one transaction, so who reads FILE never meets
half an edition. --once stops when the copy is proven equal. The rules are in
deploy/contract/README.md, "Subscribe to figures".
"""

import hashlib
import json
import sqlite3
import sys
import time
import uuid

import pika

CELL, HEARTBEAT, EDITION = (
    "reporting.cell.changed.v2", "reporting.heartbeat.sent.v1", "reporting.edition.published.v1")

SCHEMA = """
CREATE TABLE IF NOT EXISTS position (epoch INTEGER, seq INTEGER, offset INTEGER);
CREATE TABLE IF NOT EXISTS cell (
    territory TEXT, period TEXT, programme TEXT, cell TEXT NOT NULL,
    PRIMARY KEY (territory, period, programme));
"""


def canonical_line(cell):
    """What counts of a cell for the digest."""
    line = {name: cell[name] for name in ("key", "measures", "status", "vintage")}
    return json.dumps(line, sort_keys=True, separators=(",", ":"), ensure_ascii=False) + "\n"


class Gone(Exception):
    """What was asked for is not kept any more: take a snapshot."""


class Subscriber:
    def __init__(self, url, dataset, path):
        self.dataset = dataset
        self.parameters = pika.URLParameters(url)
        self.user = self.parameters.credentials.username
        self.db = sqlite3.connect(path)
        self.db.executescript("PRAGMA journal_mode = WAL;" + SCHEMA)
        row = self.db.execute("SELECT epoch, seq, offset FROM position").fetchone()
        self.epoch, self.seq, self.offset = row or (None, 0, None)
        self.is_proven = False
        # Whether what is not committed yet is the whole of an edition.
        self.is_whole = True
        # Whether what is missing is not in force yet: then asking for it is of no use.
        self.is_early = False
        self.goal = 0

    def say(self, text):
        print(text, file=sys.stderr, flush=True)

    # What is kept. Everything between two commits is one transaction; a process that ends before the second begins
    # again where the first was.

    def put(self, cell):
        key = cell["key"]
        self.db.execute(
            "INSERT OR REPLACE INTO cell VALUES (?, ?, ?, ?)",
            (key["territory"], key["period"], key["programme"], json.dumps(cell)))
        self.seq = cell["seq"]

    def commit(self):
        self.db.execute("DELETE FROM position")
        if self.epoch is not None:
            self.db.execute(
                "INSERT INTO position VALUES (?, ?, ?)", (self.epoch, self.seq, self.offset))
        self.db.commit()

    def digest(self):
        total = 0
        for (cell,) in self.db.execute("SELECT cell FROM cell"):
            line = canonical_line(json.loads(cell)).encode()
            total ^= int.from_bytes(hashlib.sha256(line).digest(), "big")
        return f"{total:064x}"

    # What is asked for. The queue of receipts is held only meanwhile, for others read it too.

    def ask(self, type, data):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                answer = self.ask_once(type, data)
                if answer is not None:
                    return answer
            except (pika.exceptions.AMQPError, OSError) as error:
                self.say(f"cannot ask yet: {error!r}")
                time.sleep(0.5)
        raise TimeoutError(f"no answer to {type}")

    def ask_once(self, type, data):
        connection = pika.BlockingConnection(self.parameters)
        try:
            channel = connection.channel()
            id, queue = str(uuid.uuid4()), f"receipts.{self.user}"
            body = {
                "specversion": "1.0", "id": id, "source": "example", "type": type,
                "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()), "data": data}
            answers = channel.consume(queue, exclusive=True, inactivity_timeout=5)
            channel.basic_publish(
                "nuanxin.commands", type, json.dumps(body).encode(),
                pika.BasicProperties(
                    content_type="application/cloudevents+json", message_id=id, type=type,
                    user_id=self.user, correlation_id=id, reply_to=queue, delivery_mode=2))
            for method, properties, body in answers:
                if method is None:
                    return None
                channel.basic_ack(method.delivery_tag)
                if properties.correlation_id != id:
                    continue
                receipt = json.loads(body)["data"]
                if receipt["status"] == "accepted":
                    return receipt["answer"]
                if receipt["code"] in ("range_gone", "epoch_gone", "not_published"):
                    raise Gone(receipt["code"])
                raise RuntimeError(f"{receipt['code']}, expected {receipt['expected']}")
        finally:
            connection.close()

    def snapshot(self):
        while True:
            try:
                self.db.rollback()
                self.db.execute("DELETE FROM cell")
                page = self.ask("reporting.snapshot.request.v1", {"dataset": self.dataset})
                epoch, seq = page["epoch"], page["seq"]
                while True:
                    for cell in page["cells"]:
                        self.put(cell)
                    if page.get("next") is None:
                        break
                    page = self.ask(
                        "reporting.snapshot.request.v1",
                        {"dataset": self.dataset, "epoch": epoch, "seq": seq,
                         "after": page["next"]})
                self.epoch, self.seq = epoch, seq
                self.is_whole = True
                self.commit()
                self.say(f"snapshot of epoch {epoch} at {seq}")
                return
            except Gone as gone:
                self.say(f"{gone}: again")
                time.sleep(0.5)

    def fill(self, until):
        """Asks for what is missing up to `until`."""
        if self.seq >= until:
            return
        self.say(f"asking for {self.seq + 1} to {until}")
        try:
            while self.seq < until:
                page = self.ask(
                    "reporting.range.request.v1",
                    {"dataset": self.dataset, "epoch": self.epoch, "since": self.seq,
                     "until": until})
                if not page["cells"]:
                    self.is_early = True
                    return
                for cell in page["cells"]:
                    self.put(cell)
        except Gone as gone:
            self.say(f"{gone}: taking a snapshot")
            self.snapshot()

    # What comes.

    def take(self, type, data):
        if type == EDITION:
            # It says of each dataset what a heartbeat says of one.
            for position in data["positions"]:
                self.take_one(type, {**data, **position})
        elif type in (CELL, HEARTBEAT):
            self.take_one(type, data)

    def take_one(self, type, data):
        if data["dataset"] != self.dataset:
            return
        if self.epoch is None or data["epoch"] > self.epoch:
            self.snapshot()
        if data["epoch"] < self.epoch:
            return
        if type == CELL:
            self.take_cell(data)
            return
        self.is_early = False
        self.fill(data["seq"])
        # Of an earlier place: the next edition is on its way.
        if data["epoch"] != self.epoch or data["seq"] != self.seq:
            return
        self.is_whole = True
        if type == EDITION:
            self.say(f"edition {data['edition']} as of {data['asOf']} is complete")
        self.prove(data)

    def take_cell(self, data):
        if not self.is_early:
            self.fill(data["seq"] - 1)
        if data["epoch"] == self.epoch and data["seq"] == self.seq + 1:
            self.put(data)
            self.is_proven = False
            # Cells without an edition come one by one.
            self.is_whole = data.get("edition") is None

    def prove(self, data):
        # What would be proven of an earlier place proves nothing yet.
        if self.seq < self.goal:
            return
        self.is_proven = self.digest() == data["digest"]
        self.say(f"equal at {self.seq}" if self.is_proven else f"not equal at {self.seq}")
        if not self.is_proven:
            self.snapshot()

    def read(self, once):
        connection = pika.BlockingConnection(self.parameters)
        channel = connection.channel()
        channel.basic_qos(prefetch_count=200)
        start = "next" if self.offset is None else self.offset
        stream = channel.consume(
            "nuanxin.summaries", arguments={"x-stream-offset": start}, inactivity_timeout=1)
        for method, properties, body in stream:
            if method is not None:
                document = json.loads(body)
                self.take(document["type"], document["data"])
                # A chunk may begin before the offset that was asked for: what comes twice is dropped above.
                self.offset = properties.headers["x-stream-offset"] + 1
                channel.basic_ack(method.delivery_tag)
            if self.is_whole:
                self.commit()
            if once and self.is_proven:
                try:
                    connection.close()
                except pika.exceptions.AMQPError:
                    pass  # pika gives back what it has not read, which a stream does not take.
                return

    def begin(self):
        """Finds out where reporting is."""
        try:
            page = self.ask(
                "reporting.snapshot.request.v1", {"dataset": self.dataset, "limit": 1})
            self.goal = page["seq"]
        except Gone:
            pass

    def run(self, once):
        self.begin()
        while not (once and self.is_proven):
            try:
                self.read(once)
            except pika.exceptions.AMQPError as error:
                self.say(f"the broker is gone: {error!r}")
                self.db.rollback()
                row = self.db.execute("SELECT epoch, seq, offset FROM position").fetchone()
                self.epoch, self.seq, self.offset = row or (None, 0, None)
                self.is_whole, self.is_early = True, False
                time.sleep(1)


if __name__ == "__main__":
    if len(sys.argv) not in (4, 5):
        sys.exit(__doc__)
    Subscriber(*sys.argv[1:4]).run(once=sys.argv[4:] == ["--once"])
