#!/usr/bin/env python3
"""Checks messages with tools that know nothing of Nuanxin: Python's jsonschema, and the committed schemas.

    validate.py CONTRACT FILE…        one document a line; `-` is standard input; status 4 if one is wrong
    validate.py CONTRACT --examples   that each example of the contract is valid, or is not, as it says

CONTRACT is the directory deploy/contract. With the CloudEvents SDK installed (`pip install cloudevents`, 2.0 or later), valid
documents are read by it too. Needs Debian's python3-jsonschema.
"""

import copy
import json
import pathlib
import sys

import jsonschema

try:
    from cloudevents.core.formats.json import JSONFormat
    from cloudevents.core.v1.event import CloudEvent
except ImportError:
    JSONFormat = None


class Contract:
    def __init__(self, directory):
        self.directory = pathlib.Path(directory)
        self.validators = {}

    def validator(self, type_):
        if type_ not in self.validators:
            # Receipts are <service>.receipt.v1, all of one form.
            name = "receipt.v1" if type_.split(".")[1:] == ["receipt", "v1"] else type_
            file = self.directory / "schemas" / f"{name}.json"
            if not file.exists():
                return None
            schema = json.loads(file.read_text(encoding="utf-8"))
            jsonschema.Draft202012Validator.check_schema(schema)
            self.validators[type_] = jsonschema.Draft202012Validator(schema)
        return self.validators[type_]

    def fault(self, document, type_=None):
        """What is wrong with a document, or None."""
        if not isinstance(document, dict):
            return "no object"
        validator = self.validator(type_ or str(document.get("type")))
        if validator is None:
            return "an unknown type"
        error = jsonschema.exceptions.best_match(validator.iter_errors(document))
        if error is not None:
            return f"{error.json_path}: {error.message[:200]}"
        if JSONFormat is not None:
            event = JSONFormat().read(CloudEvent, json.dumps(document))
            read = (event.get_id(), event.get_type(), event.get_data())
            if read != (document["id"], document["type"], document["data"]):
                return "the CloudEvents SDK reads something else"
        return None


def patched(document, patch):
    """JSON Patch (RFC 6902), as far as the examples use it."""
    document = copy.deepcopy(document)
    for operation in patch:
        *way, last = operation["path"].lstrip("/").split("/")
        place = document
        for step in way:
            place = place[int(step) if isinstance(place, list) else step]
        if isinstance(place, list):
            last = int(last)
        if operation["op"] == "remove":
            del place[last]
        else:
            place[last] = operation["value"]
    return document


def check_examples(contract):
    documents, wrong = 0, []
    for file in sorted((contract.directory / "examples").glob("*.json")):
        examples = json.loads(file.read_text(encoding="utf-8"))
        for valid in examples["valid"]:
            documents += 1
            fault = contract.fault(valid)
            if fault:
                wrong.append(f"{file.name}: a valid example: {fault}")
        for example in examples.get("invalid", []):
            documents += 1
            document = patched(examples["valid"][0], example["patch"])
            fault = contract.fault(document, examples["type"])
            if bool(fault) == example.get("keepsSchema", False):
                wrong.append(f"{file.name}: {example['title']}: {fault or 'it keeps the schema'}")
    return documents, wrong


def check_files(contract, names):
    documents, wrong = 0, []
    for name in names:
        with sys.stdin if name == "-" else open(name, encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                documents += 1
                try:
                    fault = contract.fault(json.loads(line))
                except ValueError as error:
                    fault = f"no JSON: {error}"
                if fault:
                    wrong.append(f"{name}:{number}: {fault}")
    return documents, wrong


def main(arguments):
    if len(arguments) < 2 or arguments[0] in ("-h", "--help"):
        print(__doc__, file=sys.stderr)
        return 2
    contract = Contract(arguments[0])
    if arguments[1] == "--examples":
        documents, wrong = check_examples(contract)
    else:
        documents, wrong = check_files(contract, arguments[1:])
    for line in wrong:
        print(line)
    sdk = "" if JSONFormat is None else ", read by the CloudEvents SDK"
    print(f"{documents} documents{sdk}: {len(wrong)} wrong", file=sys.stderr)
    return 4 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
