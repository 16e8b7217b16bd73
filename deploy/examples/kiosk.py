#!/usr/bin/env python3
"""A check-in kiosk with pika: records who comes to a session, and shows what became of it.

    kiosk.py SESSION PEOPLE SPOOL

SESSION is the id of an open session. PEOPLE is a file with a person's id on each line, as a scanner would give them; - reads
standard input. SPOOL is a file in which commands stay until they are decided: what a crash or a lost line has left in it is
sent again, byte for byte, and takes effect once. NUANXIN_AMQP_URL is the broker's address and our user of it, who is granted
events.session.get.v1 and events.attendance.record.v1 for the session's territory.

Ends with status 0 if all are checked in, 4 if somebody was rejected, 3 if something is not decided yet: run it again with the
same spool. Needs Debian's python3-pika.
"""

import datetime
import json
import os
import sys
import uuid

import pika

SHANGHAI = datetime.timezone(datetime.timedelta(hours=8))
WAIT_SECONDS = 30


class Kiosk:
    def __init__(self, session, spool):
        self.session = session
        self.spool = spool
        # Bodies of commands that are not decided, by the commands' ids.
        self.open = {}
        # Those that wait for something. The spool keeps them: they may be decided when we are gone.
        self.parked = set()
        self.rejected = False
        address = pika.URLParameters(os.environ["NUANXIN_AMQP_URL"])
        self.user = address.credentials.username
        self.connection = pika.BlockingConnection(address)
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()
        # One program at a time reads the queue of a user's receipts.
        self.receipts = self.channel.consume(
            f"receipts.{self.user}", inactivity_timeout=WAIT_SECONDS)

    def close(self):
        self.channel.cancel()
        self.connection.close()

    # Sending

    def message(self, kind, data):
        now = datetime.datetime.now(datetime.timezone.utc)
        return {
            "specversion": "1.0", "id": str(uuid.uuid4()), "source": "kiosk", "type": kind,
            "time": now.isoformat(timespec="milliseconds").replace("+00:00", "Z"), "data": data}

    def publish(self, body):
        command = json.loads(body)
        self.channel.basic_publish(
            "nuanxin.commands", command["type"], body.encode(),
            pika.BasicProperties(
                content_type="application/cloudevents+json", delivery_mode=2, user_id=self.user,
                message_id=command["id"], correlation_id=command["id"],
                reply_to=f"receipts.{self.user}"),
            mandatory=True)

    def record(self, person):
        """Writes the command down before it is sent, so that it is never sent with another body or id."""
        command = self.message("events.attendance.record.v1", {
            "attendance": str(uuid.uuid4()), "session": self.session, "person": person,
            "recordedOn": datetime.datetime.now(SHANGHAI).date().isoformat()})
        body = json.dumps(command)
        self.open[command["id"]] = body
        self.save()
        self.publish(body)

    # What is left to do

    def load(self):
        if not os.path.exists(self.spool):
            return
        with open(self.spool, encoding="utf-8") as file:
            for line in file:
                try:
                    self.open[json.loads(line)["id"]] = line.rstrip("\n")
                except ValueError:
                    pass  # The line was not whole when the program ended, so it was not sent either.

    def save(self):
        draft = f"{self.spool}.new"
        with open(draft, "w", encoding="utf-8") as file:
            file.writelines(body + "\n" for body in self.open.values())
            file.flush()
            os.fsync(file.fileno())
        os.replace(draft, self.spool)

    # Answers

    def next_receipt(self):
        """The next receipt, with its correlation id; None if none comes in time."""
        method, properties, body = next(self.receipts)
        if method is None:
            return None
        receipt = json.loads(body)["data"]
        if receipt["status"] != "notice":
            self.take(properties.correlation_id, receipt)
        else:
            # Something else has changed a record that we asked for.
            print(f"notice: {receipt.get('record')} is {receipt['outcome']['state']}", flush=True)
        # After it is taken: what we do not acknowledge comes again.
        self.channel.basic_ack(method.delivery_tag)
        return properties.correlation_id, receipt

    def take(self, command, receipt):
        """Takes in the answer to one of our commands. Answers to others, and repeated ones, change nothing."""
        if command not in self.open:
            return
        person = json.loads(self.open[command])["data"]["person"]
        # The first answer counts, however often the command was sent.
        decision = receipt.get("first") or receipt
        told = receipt["status"] if "first" not in receipt else f"duplicate, {decision['status']}"
        if decision["status"] == "parked":
            until = decision.get("until") or "an operator has looked at it"
            print(f"{person}: {told} ({decision.get('code')}) until {until}", flush=True)
            self.parked.add(command)
            return
        del self.open[command]
        self.save()
        if decision["status"] == "rejected":
            self.rejected = True
            told += f": {decision.get('code')}, expected {decision.get('expected')}"
        print(f"{person}: {told}", flush=True)

    def ask(self, kind, data):
        query = self.message(kind, data)
        self.publish(json.dumps(query))
        while True:
            answered = self.next_receipt()
            if answered is None:
                sys.exit("no answer from events")
            if answered[0] == query["id"]:
                break
        receipt = answered[1]
        if receipt["status"] != "accepted":
            sys.exit(f"refused: {receipt.get('code')} at {receipt.get('pointer')}")
        return receipt["answer"]

    def roster(self):
        """The persons who are checked in already, page by page."""
        present, after = set(), None
        while True:
            query = {"session": self.session, "part": "roster", "limit": 200}
            if after:
                query["after"] = after
            answer = self.ask("events.session.get.v1", query)
            for line in answer["roster"]:
                present.update(filter(None, (line["person"], line.get("child"))))
            after = answer.get("nextAttendance")
            if not after:
                return answer["session"], present

    def settle(self):
        """Waits for answers, until all are decided or parked, or nothing has come for a while."""
        while set(self.open) - self.parked:
            if self.next_receipt() is None:
                return


def main(session, people, spool):
    kiosk = Kiosk(session, spool)
    kiosk.load()
    for body in list(kiosk.open.values()):
        kiosk.publish(body)
    kiosk.settle()
    state, present = kiosk.roster()
    places = "" if state.get("capacity") is None else f" of {state['capacity']}"
    print(f"{state['state']}: {state['roster']}{places} are here", flush=True)
    with (sys.stdin if people == "-" else open(people, encoding="utf-8")) as lines:
        for person in filter(None, map(str.strip, lines)):
            if person in present:
                print(f"{person}: is here already", flush=True)
                continue
            present.add(person)
            kiosk.record(person)
            kiosk.settle()
    kiosk.close()
    return 4 if kiosk.rejected else 3 if kiosk.open else 0


if __name__ == "__main__":
    if len(sys.argv) != 4:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
