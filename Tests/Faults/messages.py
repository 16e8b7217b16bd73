"""Messages that no publisher should send, made from the contract's examples and a seed."""
import copy
import json
import uuid

from deployment import ROOT, encoded, now_text

BODY_LIMIT = 1 << 20
BROKER_LIMIT = 2 << 20
ODD_VALUES = (
    None, True, 0, -1, 1, 2**31, 2**53, 2**63 - 1, 2**63, -2**63, 10**400, 0.5, 1e308, "", " ", "\0", "a\0b", "null", "😀" * 70,
    "x" * 300, "x" * 70_000, "\u202e", "\ufffe", "2020-02-30", "9999-12-31", "0000-00-00", "350203007001",
    "00000000-0000-0000-0000-000000000000", "'; DROP TABLE inbox; --", [], [None], [[]] * 50, {}, {"a": {}}, {"": None})
ODD_IDS = (None, 0, "", "x", "00000000-0000-0000-0000-000000000000", "{0}", [], "ffffffff-ffff-ffff-ffff-ffffffffffff")
ODD_TIMES = (None, 0, "", "2020-01-01", "2020-13-01T00:00:00Z", "9999-12-31T23:59:59Z", "0001-01-01T00:00:00Z",
             "2016-12-31T23:59:60Z", "now", [])


class Corpus:
    """The valid documents of all commands."""

    def __init__(self, chance):
        self.chance = chance
        self.examples = {}
        for path in sorted((ROOT / "deploy/contract/examples").glob("*.json")):
            example = json.loads(path.read_text(encoding="utf-8"))
            if "invalid" in example and not example["type"].startswith("receipt"):
                self.examples[example["type"]] = example["valid"]
        self.kinds = sorted(self.examples)
        # What would cut off the fuzzer itself, or change what other messages find at random.
        self.kinds = [kind for kind in self.kinds if not kind.startswith(("registry.publisher.", "reporting.rebuild."))]

    def fresh(self, kind=None):
        message = copy.deepcopy(self.chance.choice(self.examples[kind or self.chance.choice(self.kinds)]))
        message["id"], message["time"] = str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), now_text()
        return message

    # ---- each of these gives the routing key and the body

    def valid(self):
        message = self.fresh()
        return message["type"], encoded(message)

    def new_ids(self):
        """Valid, about things that nobody knows yet."""
        message = self.fresh()
        text, known = json.dumps(message["data"]), {}
        for word in set(text.split('"')):
            try:
                known[word] = str(uuid.UUID(int=self.chance.getrandbits(128), version=4)) if len(word) == 36 and uuid.UUID(word) else word
            except ValueError:
                pass
        for old, new in known.items():
            text = text.replace(old, new)
        message["data"] = json.loads(text)
        return message["type"], encoded(message)

    def odd_field(self):
        message = self.fresh()
        for _ in range(self.chance.choice((1, 1, 1, 2, 5))):
            holder, key = self.place(message["data"])
            change = self.chance.randrange(4)
            if holder is None:
                message["data"] = self.odd_value()
                break
            if change == 0 and isinstance(holder, dict):
                del holder[key]
            elif change == 1 and isinstance(holder, dict):
                holder["x" * self.chance.choice((1, 40, 5_000))] = self.odd_value()
            else:
                holder[key] = self.odd_value()
        return message["type"], encoded(message)

    def odd_value(self):
        """One of its own, because a later change may go into it."""
        return copy.deepcopy(self.chance.choice(ODD_VALUES))

    def place(self, value):
        """A member or item somewhere inside; None if there is none."""
        found = (None, None)
        while isinstance(value, (dict, list)) and value:
            key = self.chance.choice(list(value)) if isinstance(value, dict) else self.chance.randrange(len(value))
            found = (value, key)
            value = value[key]
            if self.chance.random() < 0.3:
                break
        return found

    def odd_envelope(self):
        message = self.fresh()
        key = message["type"]
        field = self.chance.choice(("specversion", "id", "source", "type", "time", "data", "subject", "correlationid",
                                    "causationid", "traceparent", "sequence", "dryrun", "unknown"))
        values = {"id": ODD_IDS, "time": ODD_TIMES}.get(field, ODD_VALUES)
        if self.chance.random() < 0.2:
            message.pop(field, None)
        else:
            message[field] = self.chance.choice(values)
        return key, encoded(message)

    def extreme_numbers(self):
        """Each number as large or as small as its type holds."""
        message = self.fresh()

        def change(value):
            if isinstance(value, dict):
                return {name: change(item) for name, item in value.items()}
            if isinstance(value, list):
                return [change(item) for item in value]
            if isinstance(value, int) and not isinstance(value, bool):
                return self.chance.choice((10**12, 10**12 + 1, 10**15, 2**63 - 1, -2**63, 10**8, 0, 1))
            return value

        message["data"] = change(message["data"])
        return message["type"], encoded(message)

    def broken_text(self):
        kind, body = self.valid()
        at = self.chance.randrange(len(body))
        return kind, self.chance.choice((
            lambda: body[:at],
            lambda: body[:at] + bytes([self.chance.randrange(256)]) + body[at + 1:],
            lambda: body[:at] + body[at:at + 20] * 3 + body[at:],
            lambda: b"\xef\xbb\xbf" + body,
            lambda: body + body,
            lambda: body.decode("utf-8").encode("utf-16"),
            lambda: bytes(self.chance.randrange(256) for _ in range(self.chance.randrange(300))),
            lambda: b"",
            lambda: b"[" * self.chance.choice((100, 100_000)),
            lambda: b'{"a":' * self.chance.choice((100, 50_000)),
            lambda: b'{"id":' + b"9" * 200_000 + b"}",
            lambda: b"{}",
            lambda: body[:-1] + b',"id":"%s"}' % str(uuid.uuid4()).encode(),
        ))()

    def odd_size(self):
        kind, body = self.valid()
        size = self.chance.choice((BODY_LIMIT - 1, BODY_LIMIT, BODY_LIMIT + 1, BROKER_LIMIT - 1))
        return kind, body[:-1] + b" " * (size - len(body)) + b"}"

    def odd_type(self):
        message = self.fresh()
        kind = self.chance.choice((
            message["type"].replace(".v1", ".v2"), message["type"].replace(".v1", ".v99999999999999999999"),
            message["type"].rsplit(".", 1)[0], message["type"].split(".")[0] + ".x", message["type"].upper(),
            "nobody.knows.this.v1", "registry", "funding." + "x" * 200))
        if self.chance.random() < 0.7:
            message["type"] = kind
        return kind, encoded(message)

    def odd_headers(self):
        """A table of headers; RabbitMQ's own names among them, which a publisher may write too."""
        def value(depth):
            choice = self.chance.randrange(7 if depth < 20 else 5)
            if choice == 5:
                return {str(number): value(depth + 1) for number in range(self.chance.randrange(3))}
            if choice == 6:
                return [value(depth + 1) for _ in range(self.chance.randrange(3))]
            return (None, True, self.chance.getrandbits(62), "x" * self.chance.choice((0, 10, 20_000)), "é" * 10)[choice]

        names = ("x-delivery-count", "x-death", "x-first-death-queue", "x-first-death-reason", "x-stream-offset", "", "a", "é" * 60)
        return {self.chance.choice(names): value(0) for _ in range(self.chance.randrange(1, 5))}
