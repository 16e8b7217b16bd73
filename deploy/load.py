#!/usr/bin/env python3
"""Writes commands for deploy/test-compose, one a line.

    load.py territory              the district, which others stand in
    load.py first FUND             a household, and a fund for donations
    load.py donations FUND STOP    one yuan after the other, 200 a second, until the file STOP is there
"""
import datetime
import json
import os
import sys
import time
import uuid

PACE = 200


def write(kind: str, data: dict) -> None:
    now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    print(json.dumps({
        "specversion": "1.0", "id": str(uuid.uuid4()), "source": "load", "type": kind, "time": now,
        "data": data}), flush=True)


def territory() -> None:
    district = {"code": "350203", "nameZh": "思明区", "nameEn": "Siming District", "validFrom": "2000-01-01"}
    write("registry.territory.load.v1", {"edition": "2020-01-01", "source": "test", "units": [district]})


def first(fund: str) -> None:
    head = {"person": str(uuid.uuid4()), "role": "head", "name": "合成甲", "residentId": "350203196612080011"}
    write("registry.household.register.v1", {
        "household": str(uuid.uuid4()), "territory": "350203", "registeredOn": "2020-01-02", "members": [head],
        "categories": []})
    write("funding.fund.open.v1", {
        "fund": fund, "kind": "donation", "programme": "one-yuan-donation", "territory": "350203",
        "nameZh": "一元捐", "nameEn": "One-Yuan Donation", "openedOn": "2020-01-02"})


def donations(fund: str, stop: str) -> None:
    due = time.monotonic()
    while not os.path.exists(stop):
        write("funding.donation.receive.v1", {
            "donation": str(uuid.uuid4()), "fund": fund, "campaign": "one-yuan-donation",
            "territory": "350203", "amountFen": 100, "receivedOn": "2020-05-20"})
        due += 1 / PACE
        time.sleep(max(0, due - time.monotonic()))


{"territory": territory, "first": first, "donations": donations}[sys.argv[1]](*sys.argv[2:])
