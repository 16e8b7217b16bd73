#!/usr/bin/env python3
"""Publishes one command with pika and prints its receipt; nothing of Nuanxin's is used but the wire contract.

    publish.py FILE        a CloudEvents document; NUANXIN_AMQP_URL is the broker's address and our user of it

Ends with status 0 if the command was accepted (now, or when it was sent first), 4 if it was rejected, 3 if no answer
came in time. Needs Debian's python3-pika.
"""

import json
import os
import sys

import pika

WAIT_SECONDS = 60


def main(file):
    with open(file, encoding="utf-8") as document:
        body = document.read()
    command = json.loads(body)
    address = pika.URLParameters(os.environ["NUANXIN_AMQP_URL"])
    user = address.credentials.username
    connection = pika.BlockingConnection(address)
    channel = connection.channel()
    channel.confirm_delivery()
    channel.basic_publish(
        "nuanxin.commands", command["type"], body.encode(),
        pika.BasicProperties(
            content_type="application/cloudevents+json", delivery_mode=2, user_id=user,
            message_id=command["id"], correlation_id=command["id"],
            reply_to=f"receipts.{user}"),
        mandatory=True)
    # It is stored now. A parked command is answered twice: it waits for another one, and is decided later.
    for method, properties, body in channel.consume(
            f"receipts.{user}", inactivity_timeout=WAIT_SECONDS):
        if method is None:
            return 3
        channel.basic_ack(method.delivery_tag)
        if properties.correlation_id != command["id"]:
            continue
        receipt = json.loads(body)["data"]
        print(json.dumps(receipt, ensure_ascii=False))
        decision = receipt.get("first") or receipt
        if decision["status"] != "parked":
            return 0 if decision["status"] == "accepted" else 4


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    sys.exit(main(sys.argv[1]))
