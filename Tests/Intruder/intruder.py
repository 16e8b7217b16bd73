#!/usr/bin/env python3
"""An intruder who reads only what reporting publishes to everybody, and tries to tell what it suppresses.

    intruder.py BASE_URL [--show N] [--level LEVEL] [--budget SECONDS] [--current] [--copy DIR] [--truth]

Reads /v1/datasets, and of each dataset its dictionary, snapshot and all kept events (or a subscriber's copy); nothing else. Builds everything
that follows from them as linear constraints over the suppressed figures, bounds each figure by propagation and by
linear programs (HiGHS), and prints one line per dataset. Exit status: 0 nothing derived, 1 something is derived
(exactly, or a small count is known better than 1 to 4), 2 the attack could not run.

Levels of knowledge, each with those before it:
  sums      sums over territories, periods and parts, in all editions; distinct <= total; nothing below 0
  exists    zero is published as `zero`, so what is suppressed and cannot be negative is at least 1
  prices    all published cells of a part have the same money for each (a premium, a grant), or the same pieces for each
            family: so has a hidden one; and the smallest and the largest principal that are published bound the others
  cross     two sources that say the same wherever both are published (persons of pairs, policies that ended); money that
            is shown of a territory with so few loans
  increments  what one edition adds to a total that it shows, where all that it adds is in one place and day that is hidden:
            the loan, the grant of one family

What an intruder *infers* (a price, that nothing is booked on a territory itself, that two sources go together) is
used only if every published cell agrees and there are at least MANY of them.

--truth compares with the database that NUANXIN_REPORTING_DB names (psql), to prove that what is derived is true.
Needs: Python 3.9, scipy 1.9 or later.
"""
import argparse
import collections
import json
import math
import os
import random
import subprocess
import sys
import time
import urllib.request

MANY = 5                      # published cells that must agree before something is inferred
SMALL = 4                     # counts from 1 to this are what must be protected
LEVELS = ["sums", "exists", "prices", "cross", "increments"]
SPANS = ["day", "month", "quarter", "year", "all"]
INF = math.inf

# measure -> (source, layer, kind); from the data dictionary and the public sources. Kinds: c count, d distinct, m money, w with
MEASURES = {
    "households_registered": ("registration", 0, "c"), "persons_registered": ("registration", 1, "c"),
    "only_child_households": ("recognition_only_child", 0, "c"), "only_child_persons": ("recognition_only_child", 1, "c"),
    "bereaved_households": ("recognition_bereaved", 0, "c"), "bereaved_persons": ("recognition_bereaved", 1, "c"),
    "disabled_child_households": ("recognition_disabled_child", 0, "c"), "disabled_child_persons": ("recognition_disabled_child", 1, "c"),
    "low_security_households": ("recognition_low_security", 0, "c"), "low_security_persons": ("recognition_low_security", 1, "c"),
    "low_income_households": ("recognition_low_income", 0, "c"), "low_income_persons": ("recognition_low_income", 1, "c"),
    "hardship_girl_households": ("recognition_hardship_girl", 0, "c"), "hardship_girl_persons": ("recognition_hardship_girl", 1, "c"),
    "commendations": ("commendation", 0, "c"), "persons_commended": ("commendation", 2, "d"),
    "members_active": ("membership", 0, "c"),
    "loans_disbursed": ("disbursement", 0, "c"), "capital_lent_fen": ("disbursement", 1, "m"),
    "borrowers": ("disbursement", 2, "d"), "capital_repaid_fen": ("repayment", 1, "m"),
    "capital_written_off_fen": ("write_off", 1, "m"), "loans_fell_overdue": ("overdue", 0, "c"),
    "capital_fell_overdue_fen": ("overdue", 1, "m"), "loans_caught_up": ("caught_up", 0, "c"),
    "loans_expired": ("expiry", 0, "c"), "grants_paid": ("grant", 0, "c"), "grants_paid_fen": ("grant", 1, "m"),
    "families_granted": ("grant", 2, "d"), "grants_returned_fen": ("grant_return", 1, "m"),
    "insured_households": ("insurance", 0, "c"), "premium_paid_fen": ("insurance", 1, "m"),
    "insured_persons": ("supplement", 0, "c"), "supplement_paid_fen": ("supplement", 1, "m"),
    "policies_terminated": ("termination", 0, "c"), "premium_returned_fen": ("termination", 1, "m"),
    "claims_paid": ("claim", 0, "c"), "claims_paid_fen": ("claim", 1, "m"),
    "goods_issued": ("goods", 0, "w"), "families_supplied": ("goods", 1, "c"), "households_supplied": ("goods", 2, "d"),
    "home_services": ("home_service", 0, "c"), "households_served": ("home_service", 2, "d"),
    "attendance_person_times": ("attendance", 0, "c"), "attendance_identified": ("attendance", 1, "c"),
    "attendance_persons": ("attendance", 2, "d"), "parent_child_pairs": ("pair", 0, "c"),
    "household_times": ("household_attendance", 0, "c"), "attending_households": ("household_attendance", 2, "d"),
    "shifts_completed": ("shift", 0, "c"), "persons_on_duty": ("shift", 2, "d"), "shifts_missed": ("missed_shift", 0, "c"),
    "volunteer_households": ("household_shift", 2, "d"), "casework_person_times": ("casework", 0, "c"),
    "casework_persons": ("casework", 2, "d"),
}
# The smallest and largest of one contribution, by source.
EXTREMES = {"disbursement": ("principal_min_fen", "principal_max_fen")}


# ---------------------------------------------------------------- what is published

def get(base, path):
    with urllib.request.urlopen(base.rstrip("/") + path, timeout=120) as answer:
        return answer.read().decode()


def read(base, name, with_history=True, copy=None):
    lines = get(base, f"/v1/datasets/{name}/snapshot").splitlines()
    head = json.loads(lines[0])
    if copy:
        with open(os.path.join(copy, name + ".ndjson")) as file:
            return head, [json.loads(line) for line in file]
    cells = [json.loads(line) for line in lines[1:] if line]
    events = []
    if with_history:
        raw = get(base, f"/v1/datasets/{name}/events?until={head['seq']}").splitlines()
        events = [json.loads(line) for line in raw[1:] if line]
    known = {e["seq"] for e in events}
    # What is not in the kept range stood before it.
    events = [c for c in cells if c["seq"] not in known] + events
    events.sort(key=lambda e: e["seq"])
    return head, events


def span_of(period):
    if period == "all":
        return 4
    if "Q" in period:
        return 2
    return {10: 0, 7: 1, 4: 3}[len(period)]


def around(period):
    span = span_of(period)
    if span == 0:
        return period[:7]
    if span == 1:
        return f"{period[:4]}-Q{(int(period[5:]) + 2) // 3}"
    if span == 2:
        return period[:4]
    return "all" if span == 3 else None


class Sheet:
    """All that was published of one source in one programme: versions of cells, by edition."""

    def __init__(self, dataset, programme, source):
        self.dataset, self.programme, self.source = dataset, programme, source
        self.name = f"{dataset}/{programme or '-'}/{source}"
        # (territory, period, part) -> [(edition, [state of each layer])]; a state: int, None (nothing), or "?" (hidden)
        self.cells = collections.defaultdict(list)
        self.kinds = {}
        self.measure = {}


def sheets(dataset, events):
    found = {}
    for event in events:
        key = event["key"]
        programme = key["programme"]
        edition = event.get("moment") or event.get("edition") or 0
        states = {}
        for name, figure in event["measures"].items():
            measure, _, part = name.partition(":")
            if measure not in MEASURES:
                continue
            source, layer, kind = MEASURES[measure]
            state = "?" if figure["state"] == "suppressed" else figure.get("value")
            states.setdefault((source, part), {})[layer] = (state, kind, measure)
        for (source, part), layers in states.items():
            sheet = found.setdefault((programme, source), Sheet(dataset, programme, source))
            values = [None, None, None]
            for layer, (state, kind, measure) in layers.items():
                values[layer] = state
                sheet.kinds[layer] = kind
                sheet.measure[layer] = measure
            history = sheet.cells[(key["territory"], key["period"], part)]
            # What is shown and has not changed is the same; what is hidden may have changed.
            if history and history[-1][1] == values and "?" not in values:
                continue
            history.append((edition, values))
    return found


# ---------------------------------------------------------------- constraints

class Problem:
    def __init__(self):
        self.names, self.lo, self.hi = [], [], []
        self.rows = []            # ([(variable, factor)], at least, at most)
        self.seen = set()

    def variable(self, name, lo, hi=INF):
        self.names.append(name)
        self.lo.append(lo)
        self.hi.append(hi)
        return len(self.names) - 1

    def add(self, terms, low, high):
        joined = collections.defaultdict(int)
        for variable, factor in terms:
            joined[variable] += factor
        terms = tuple(sorted((v, f) for v, f in joined.items() if f))
        if not terms:
            return low <= 0 <= high
        mark = (terms, low, high)
        if mark not in self.seen:
            self.seen.add(mark)
            self.rows.append((list(terms), low, high))
        return True


class Attack:
    def __init__(self, sheet, level, current_only):
        self.sheet, self.level = sheet, LEVELS.index(level)
        self.current_only = current_only
        self.problem = Problem()
        self.todo = None
        self.var = {}             # (key, edition, layer) -> variable
        self.newest = {}          # (key, layer) -> variable of what is hidden now
        self.inconsistent = 0
        shown = [v for h in sheet.cells.values() for _, values in h for v in values if isinstance(v, int)]
        # Ends of policies, persons who are merged: such figures can be below 0.
        self.signed = any(v < 0 for v in shown)
        self.is_stock = sheet.source in ("registration", "membership") or sheet.source.startswith("recognition_")
        for key, history in sheet.cells.items():
            for place, (edition, values) in enumerate(history):
                is_last = place == len(history) - 1
                if current_only and not is_last:
                    continue
                for layer, value in enumerate(values):
                    if value == "?":
                        variable = self.problem.variable((key, edition, layer), self.least(layer))
                        self.var[(key, edition, layer)] = variable
                        if is_last:
                            self.newest[(key, layer)] = variable

    without = ()

    def knows(self, level):
        return self.level >= LEVELS.index(level) and level not in self.without

    def least(self, layer):
        if self.signed:
            return -INF
        kind = self.sheet.kinds.get(layer)
        if not self.knows("exists"):
            return 0
        # A record always has its times, and its subject where it has one; what a roster names may be nobody.
        if layer == 0 or kind == "m" and 0 not in self.sheet.kinds:
            return 1
        if layer == 2 and self.sheet.source not in ("attendance", "goods", "casework", "grant", "household_attendance"):
            return 1
        return 1 if kind == "m" else 0

    # ---- what stood at an edition

    def at(self, key, edition):
        found = None
        for version in self.sheet.cells.get(key, ()):
            if version[0] <= edition:
                found = version
        return found

    def now(self, key, layer):
        history = self.sheet.cells.get(key)
        return history[-1][1][layer] if history else None

    def term(self, key, edition, layer):
        """(terms, constant) of a cell's layer in an edition."""
        version = self.at(key, edition)
        if version is None or version[1][layer] is None:
            return [], 0
        value = version[1][layer]
        if value == "?":
            variable = self.var.get((key, version[0], layer))
            return ([(variable, 1)], 0) if variable is not None else None
        return [], value

    # ---- sums

    def families(self):
        """Totals and their parts: (kind, total key, [part keys])."""
        groups = collections.defaultdict(list)
        for key in self.sheet.cells:
            territory, period, part = key
            if len(territory) > 6:
                groups[("place", (territory[:-3], period, part))].append(key)
            wider = around(period)
            if wider:
                groups[("period", (territory, wider, part))].append(key)
            if part:
                groups[("part", (territory, period, ""))].append(key)
        return groups

    def relations(self):
        groups = self.families()
        if self.is_stock:
            self.stock_relations(groups)
            return
        additive = [l for l in (0, 1) if l in self.sheet.kinds]
        # Whether anything is ever booked beside the parts, where all can be seen.
        rests = collections.defaultdict(list)
        end = INF
        sessions = self.sessions or {}
        for (kind, total), parts in groups.items():
            if total not in self.sheet.cells:
                continue
            for layer in additive:
                states = [self.at(k, end)[1][layer] for k in [total] + parts]
                if "?" not in states:
                    rests[(kind, len(total[0]) if kind == "place" else 0)].append(
                        (states[0] or 0) - sum(s or 0 for s in states[1:]))
        for mark, seen in rests.items():
            self.pool[(self.sheet.programme,) + mark] += seen
        self.todo = (groups, rests, additive, sessions)

    def finish(self):
        """The sums, once it is known what all sources of the programme have beside the parts of a total."""
        if not self.todo:
            return
        groups, rests, additive, sessions = self.todo
        for (kind, total), parts in groups.items():
            if total not in self.sheet.cells:
                continue
            editions = self.editions([total] + parts)
            mark = (kind, len(total[0]) if kind == "place" else 0)
            seen = rests[mark]
            if kind == "place" and not any(seen) and len(seen) < MANY:
                seen = self.pool[(self.sheet.programme,) + mark]
            is_exact = kind == "period" or (len(seen) >= MANY and not any(seen)) or (
                kind == "part" and len(seen) > 0 and not any(seen))
            if kind == "place" and self.sheet.source in ("attendance", "pair", "household_attendance"):
                # Sessions are shown always: they say whether one was held on the territory itself.
                is_exact = total in sessions and sessions[total] == sum(sessions.get(part, 0) for part in parts)
            for edition in editions:
                for layer in additive:
                    self.sum(total, parts, edition, layer, is_exact)
                if edition == editions[-1]:      # earlier editions have persons that their times do not have yet
                    self.distinct(total, parts, INF, is_exact)

    def editions(self, keys):
        if self.current_only:
            return [INF]
        return sorted({version[0] for key in keys for version in self.sheet.cells.get(key, ())})

    def sum(self, total, parts, edition, layer, is_exact):
        whole = self.term(total, edition, layer)
        if whole is None or self.at(total, edition) is None:
            return
        terms, constant = [(v, -1) for v, _ in whole[0]], -whole[1]
        for key in parts:
            one = self.term(key, edition, layer)
            if one is None:
                return
            terms += one[0]
            constant += one[1]
        if not terms:
            if is_exact and constant != 0:
                self.inconsistent += 1
            return
        if is_exact:
            self.problem.add(terms, -constant, -constant)
        elif not self.signed:
            self.problem.add(terms, -INF, -constant)

    def distinct(self, total, parts, edition, is_exact):
        if 2 not in self.sheet.kinds:
            return
        whole = self.term(total, edition, 2)
        some = [self.term(key, edition, 2) for key in parts if self.at(key, edition)]
        if whole is None or None in some or self.at(total, edition) is None or not some:
            return
        if not whole[0] and not any(s[0] for s in some):
            return
        # None is more than the whole; the whole is not more than all of them.
        for one in some:
            self.problem.add(one[0] + [(v, -1) for v, _ in whole[0]], -INF, whole[1] - one[1])
        if is_exact:
            terms = [t for s in some for t in s[0]] + [(v, -1) for v, _ in whole[0]]
            self.problem.add(terms, whole[1] - sum(s[1] for s in some), INF)

    def stock_relations(self, groups):
        series = collections.defaultdict(list)
        for territory, period, part in self.sheet.cells:
            series[(territory, span_of(period), part)].append(period)
        for periods in series.values():
            periods.sort()
        children = collections.defaultdict(list)
        for territory, span, part in series:
            if len(territory) > 6:
                children[("place", territory[:-3], span, part)].append((territory, span, part))
            if part:
                children[("part", territory, span, "")].append((territory, span, part))
        additive = [l for l in (0, 1) if l in self.sheet.kinds]

        def last(one, period, edition):
            best = None
            for p in series[one]:
                if p > period:
                    break
                if self.at((one[0], p, one[2]), edition):
                    best = p
            return None if best is None else (one[0], best, one[2])

        rests = collections.defaultdict(list)
        todo = []
        for (kind, territory, span, part), some in children.items():
            for period in series.get((territory, span, part), ()):
                total = (territory, period, part)
                todo.append((kind, total, some))
                keys = [k for k in (last(one, period, INF) for one in some) if k]
                for layer in additive:
                    states = [self.at(k, INF)[1][layer] for k in [total] + keys]
                    if "?" not in states:
                        rests[(kind, len(territory))].append((states[0] or 0) - sum(s or 0 for s in states[1:]))
        for kind, total, some in todo:
            seen = rests[(kind, len(total[0]))]
            is_exact = len(seen) >= MANY and not any(seen)
            keys = [k for k in (last(one, total[1], INF) for one in some) if k]
            for edition in self.editions([total] + keys):
                now = [k for k in (last(one, total[1], edition) for one in some) if k]
                for layer in additive:
                    self.sum(total, now, edition, layer, is_exact)
        # A stock at the end of a period is that of the last shorter one in it.
        for (kind, total), parts in groups.items():
            if kind != "period" or total not in self.sheet.cells:
                continue
            now = [k for k in parts if self.at(k, INF)]
            if now:
                for layer in additive:
                    self.sum(total, [max(now, key=lambda k: k[1])], INF, layer, True)

    # ---- within a cell

    def within_cells(self):
        kinds = self.sheet.kinds
        prices, bounds = {}, None
        if self.knows("prices") and 0 in kinds and kinds.get(1) == "m":
            ratios = collections.defaultdict(list)
            for (territory, period, part), history in self.sheet.cells.items():
                times, money = history[-1][1][0], history[-1][1][1]
                if isinstance(times, int) and isinstance(money, int) and times:
                    ratios[part].append(money / times)
            prices = {p: int(r[0]) for p, r in ratios.items() if len(r) >= MANY and len(set(r)) == 1 and r[0] == int(r[0])}
            bounds = self.extremes
        packs = {}
        if self.knows("prices") and kinds.get(0) == "w" and kinds.get(1) == "c":
            # Things for each family, where it is the same for all.
            ratios = collections.defaultdict(list)
            for (territory, period, part), history in self.sheet.cells.items():
                things, families = history[-1][1][0], history[-1][1][1]
                if isinstance(things, int) and isinstance(families, int) and families:
                    ratios[part].append(things / families)
            packs = {p: int(r[0]) for p, r in ratios.items() if len(r) >= MANY and len(set(r)) == 1 and r[0] == int(r[0])}
        self.prices = prices or packs
        for (key, edition, layer), variable in self.var.items():
            is_newest = self.newest.get((key, layer)) == variable
            if layer == 0:
                money = self.var.get((key, edition, 1))
                if money is not None and kinds.get(1) == "m":
                    if key[2] in prices:
                        self.problem.add([(money, 1), (variable, -prices[key[2]])], 0, 0)
                    elif bounds:
                        self.problem.add([(money, 1), (variable, -bounds[0])], 0, INF)
                        self.problem.add([(money, 1), (variable, -bounds[1])], -INF, 0)
                if money is not None and key[2] in packs:
                    self.problem.add([(variable, 1), (money, -packs[key[2]])], 0, 0)
                distinct = self.var.get((key, edition, 2))
                if distinct is not None and not self.signed and is_newest:
                    self.problem.add([(variable, 1), (distinct, -1)], 0, INF)
                identified = self.var.get((key, edition, 1))
                if identified is not None and self.sheet.source == "attendance":
                    self.problem.add([(variable, 1), (identified, -1)], 0, INF)

    extremes = None
    sessions = None
    pool = None


def link(attacks):
    """Sources that go together wherever both can be seen: attendance of pairs."""
    made = 0
    by = {(a.sheet.dataset, a.sheet.programme, a.sheet.source): a for a in attacks}
    for (dataset, programme, source), pair in by.items():
        if source != "pair":
            continue
        attendance = by.get((dataset, programme, "attendance"))
        if not attendance:
            continue
        parts = {k[2] for k in pair.sheet.cells if k[2]}
        for part in parts:
            agree = []
            for key, history in pair.sheet.cells.items():
                if key[2] != part or key not in attendance.sheet.cells:
                    continue
                a, b = attendance.sheet.cells[key][-1][1][0], history[-1][1][0]
                if isinstance(a, int) and isinstance(b, int) and b:
                    agree.append(a / b)
            if len(agree) >= MANY and set(agree) == {2.0}:
                for key, history in pair.sheet.cells.items():
                    if key[2] != part or key not in attendance.sheet.cells:
                        continue
                    variable = pair.newest.get((key, 0))
                    a = attendance.sheet.cells[key][-1][1][0]
                    if variable is not None and isinstance(a, int):
                        pair.problem.add([(variable, 2)], a, a)
                        made += 1
    # Policies that ended are so many insured fewer, where nobody was insured in the same period: where a total around says so.
    for (dataset, programme, source), ended in by.items():
        insured = by.get((dataset, programme, "insurance" if source == "termination" else ""))
        if source != "termination" or not insured:
            continue
        for key in ended.sheet.cells:
            if key not in insured.sheet.cells:
                continue
            places = [key[0][:n] for n in (6, 9, 12, 15) if n <= len(key[0])]
            if not any(isinstance(insured.now((p, key[1], q), 0), int) and insured.now((p, key[1], q), 0) < 0
                       and insured.now((p, key[1], q), 0) == -(ended.now((p, key[1], q), 0) if isinstance(ended.now((p, key[1], q), 0), int) else 0)
                       for p in places for q in {"", key[2]}):
                continue
            for one, other in ((ended, insured), (insured, ended)):
                variable, value = one.newest.get((key, 0)), other.now(key, 0)
                if variable is not None and isinstance(value, int):
                    one.problem.add([(variable, 1)], -value, -value)
                    made += 1
    return made


def increments(attack):
    """What single editions have added to one hidden place and day, told by a total that was shown before and after."""
    if attack.is_stock or not attack.knows("increments"):
        return []
    cells = attack.sheet.cells
    by = collections.defaultdict(list)
    for key, history in cells.items():
        for before, after in zip([None] + history, history):
            by[after[0]].append((key, before and before[1], after[1]))
    found = []
    for edition, changes in by.items():
        days = [c for c in changes if span_of(c[0][1]) == 0]
        deepest = [c for c in days if not any(len(o[0][0]) > len(c[0][0]) and o[0][0].startswith(c[0][0])
                                              and o[0][1] == c[0][1] for o in days)]
        places = {(key[0], key[1]) for key, _, _ in deepest}
        if len(places) != 1 or not any("?" in after for _, _, after in deepest):
            continue
        place, day = places.pop()
        for key, before, after in changes:
            if key[2] or not before or not place.startswith(key[0]):
                continue
            some = [(layer, after[layer] - before[layer]) for layer in (0, 1)
                    if isinstance(after[layer], int) and isinstance(before[layer], int)]
            told = dict(some)
            if 0 in told and 1 <= told[0] <= SMALL or 0 not in told and told.get(1):
                found.append((attack.sheet.name, place, day, edition, key[0], key[1], told))
                break
    return found


def of_few(attack, by):
    """Money that is shown of territories in which at most SMALL families can owe it: as many have a loan at all."""
    loans = by.get((attack.sheet.dataset, attack.sheet.programme, "disbursement"))
    if attack.sheet.source not in ("repayment", "write_off") or not loans or not attack.knows("cross"):
        return []
    found = []
    for key, history in attack.sheet.cells.items():
        value, variable = history[-1][1][1], loans.newest.get(((key[0], "all", ""), 0))
        if key[1] == "all" and isinstance(value, int) and value and variable is not None:
            if 1 <= loans.problem.hi[variable] <= SMALL:
                found.append((attack.sheet.name, key[0], value, loans.problem.hi[variable]))
    return found


# ---------------------------------------------------------------- solving

def propagate(problem, deadline):
    """Bounds that follow row by row. All figures are whole numbers."""
    lo, hi = problem.lo, problem.hi
    of = collections.defaultdict(list)
    for index, (terms, _, _) in enumerate(problem.rows):
        for variable, _ in terms:
            of[variable].append(index)
    waiting = collections.deque(range(len(problem.rows)))
    is_waiting = [True] * len(problem.rows)
    steps = 0
    while waiting:
        steps += 1
        if steps % 4096 == 0 and time.time() > deadline:
            return False
        index = waiting.popleft()
        is_waiting[index] = False
        terms, low, high = problem.rows[index]
        least = most = 0.0
        least_open = most_open = 0
        for v, f in terms:
            a, b = (lo[v], hi[v]) if f > 0 else (hi[v], lo[v])
            if math.isinf(a):
                least_open += 1
            else:
                least += f * a
            if math.isinf(b):
                most_open += 1
            else:
                most += f * b
        for v, f in terms:
            a, b = (lo[v], hi[v]) if f > 0 else (hi[v], lo[v])
            rest_least = -INF if least_open - math.isinf(a) > 0 else least - (0 if math.isinf(a) else f * a)
            rest_most = INF if most_open - math.isinf(b) > 0 else most - (0 if math.isinf(b) else f * b)
            upper = (high - rest_least) / f if f > 0 else (low - rest_most) / f
            lower = (low - rest_most) / f if f > 0 else (high - rest_least) / f
            new_lo = lo[v] if math.isinf(lower) or math.isnan(lower) else max(lo[v], math.ceil(lower - 1e-6))
            new_hi = hi[v] if math.isinf(upper) or math.isnan(upper) else min(hi[v], math.floor(upper + 1e-6))
            if new_lo > new_hi:
                return None
            if new_lo > lo[v] or new_hi < hi[v]:
                lo[v], hi[v] = new_lo, new_hi
                for other in of[v]:
                    if not is_waiting[other]:
                        is_waiting[other] = True
                        waiting.append(other)
                # The sums of this row have changed.
                if not is_waiting[index]:
                    is_waiting[index] = True
                    waiting.append(index)
                break
    return True


class Twins:
    """Figures that are equal by a rule of two, as one; what is known already is left out."""

    def __init__(self, problem):
        self.problem = problem
        parent = self.parent = list(range(len(problem.names)))
        for terms, low, high in problem.rows:
            if low == high == 0 and len(terms) == 2 and terms[0][1] == -terms[1][1]:
                a, b = self.root(terms[0][0]), self.root(terms[1][0])
                if a != b:
                    parent[max(a, b)] = min(a, b)
        lo, hi = problem.lo, problem.hi
        for v in range(len(parent)):
            r = self.root(v)
            lo[r], hi[r] = max(lo[r], lo[v]), min(hi[r], hi[v])
        self.share()
        seen, self.rows = set(), []
        for terms, low, high in problem.rows:
            joined, constant = collections.defaultdict(int), 0
            for v, f in terms:
                r = self.root(v)
                if lo[r] == hi[r]:
                    constant += f * lo[r]
                else:
                    joined[r] += f
            terms = tuple(sorted((v, f) for v, f in joined.items() if f))
            if terms:
                row = (terms, low - constant, high - constant)
                if row not in seen:
                    seen.add(row)
                    self.rows.append(row)

    def root(self, x):
        parent = self.parent
        while parent[x] != x:
            parent[x] = parent[parent[x]]
            x = parent[x]
        return x

    def share(self):
        lo, hi = self.problem.lo, self.problem.hi
        for v in range(len(self.parent)):
            r = self.root(v)
            lo[v], hi[v] = lo[r], hi[r]

    def components(self):
        lo, hi = self.problem.lo, self.problem.hi
        part = list(range(len(self.parent)))

        def root(x):
            while part[x] != x:
                part[x] = part[part[x]]
                x = part[x]
            return x

        for terms, _, _ in self.rows:
            for v, _ in terms[1:]:
                a, b = root(terms[0][0]), root(v)
                if a != b:
                    part[max(a, b)] = min(a, b)
        groups, rows = collections.defaultdict(list), collections.defaultdict(list)
        for v in range(len(self.parent)):
            if self.root(v) == v and lo[v] < hi[v]:
                groups[root(v)].append(v)
        for row in self.rows:
            rows[root(row[0][0][0])].append(row)
        return [(group, rows[r]) for r, group in sorted(groups.items(), key=lambda g: len(g[1])) if rows[r]]


def programs(problem, targets, deadline):
    """Linear programs: worlds in which figures differ; and where all worlds found agree, the proof that all there are do.

    Returns how many, and whether all that may be told was asked."""
    import numpy
    from scipy.optimize import linprog
    from scipy.sparse import csr_matrix
    twins = Twins(problem)
    targets = {twins.root(v) for v in targets}
    count, is_whole = 0, True
    for group, rows in twins.components():
        wanted = [v for v in group if v in targets]
        if not wanted:
            continue
        if time.time() > deadline:
            is_whole = False
            break
        place = {v: i for i, v in enumerate(group)}
        is_money = [problem.kind.get(v) == "m" for v in group]
        # Money in units of its size, else the numbers are too far apart.
        scale = [10_000.0 if m else 1.0 for m in is_money]
        equal, less = [], []
        for terms, low, high in rows:
            some = [(place[v], f * scale[place[v]]) for v, f in terms]
            size = max(abs(f) for _, f in some)
            some = [(i, f / size) for i, f in some]
            if low == high:
                equal.append((some, low / size))
            else:
                if not math.isinf(high):
                    less.append((some, high / size))
                if not math.isinf(low):
                    less.append(([(i, -f) for i, f in some], -low / size))

        def matrix(list_of_rows):
            if not list_of_rows:
                return None, None
            data, i, j = [], [], []
            for r, (terms, _) in enumerate(list_of_rows):
                for c, f in terms:
                    data.append(f), i.append(r), j.append(c)
            return (csr_matrix((data, (i, j)), shape=(len(list_of_rows), len(group))),
                    numpy.array([b for _, b in list_of_rows]))

        (a_eq, b_eq), (a_ub, b_ub) = matrix(equal), matrix(less)
        bounds = [(None if math.isinf(problem.lo[v]) else problem.lo[v] / scale[place[v]],
                   None if math.isinf(problem.hi[v]) else problem.hi[v] / scale[place[v]]) for v in group]
        seen_lo, seen_hi = numpy.full(len(group), INF), numpy.full(len(group), -INF)
        factor = numpy.array(scale)

        def solve(costs):
            nonlocal count, seen_lo, seen_hi
            count += 1
            answer = linprog(costs, A_ub=a_ub, b_ub=b_ub, A_eq=a_eq, b_eq=b_eq, bounds=bounds, method="highs",
                             options={"time_limit": max(1.0, min(20.0, deadline - time.time()))})
            if answer.status == 0:
                world = answer.x * factor
                seen_lo, seen_hi = numpy.minimum(seen_lo, world), numpy.maximum(seen_hi, world)
            return answer

        def suspects():
            """What all worlds so far agree upon, or have as a small count."""
            found = []
            for v in wanted:
                i = place[v]
                if is_money[i]:
                    if seen_hi[i] - seen_lo[i] <= 0.1 * max(abs(seen_lo[i]), 1):
                        found.append(v)
                elif seen_hi[i] < SMALL + 1 - 1e-6 and (seen_lo[i] > 1 + 1e-6 or seen_hi[i] < SMALL - 1e-6) \
                        or seen_hi[i] - seen_lo[i] < 1 - 1e-6:
                    found.append(v)
            return found

        chance = numpy.random.default_rng(7)
        left = None
        for attempt in range(12):
            now = suspects() if attempt else wanted
            if not now or (attempt > 4 and left is not None and len(now) >= left) or time.time() > deadline:
                break
            left = len(now)
            costs = numpy.zeros(len(group))
            for v in now:
                weight = 1.0 if attempt < 2 else chance.uniform(-1, 1)
                costs[place[v]] = -weight if attempt % 2 == 0 else weight
            if a_ub is None and a_eq is None:
                break
            for i, (low, high) in enumerate(bounds):
                # Without an upper bound a world could be anywhere.
                if high is None and costs[i] < 0:
                    costs[i] = 0 if attempt > 1 else costs[i]
            solve(costs)
        some = suspects()
        exact = [v for v in some if seen_hi[place[v]] - seen_lo[place[v]] < (1 if not is_money[place[v]] else 1e9)]
        others = [v for v in some if v not in set(exact)][:40]
        for v in exact + others:
            i = place[v]
            for side in (1, -1):
                if time.time() > deadline:
                    is_whole = False
                    break
                if not is_money[i] and side < 0 and problem.hi[v] > SMALL and problem.hi[v] - seen_lo[i] >= 1 - 1e-6:
                    continue          # not certainly small, and not exact
                costs = numpy.zeros(len(group))
                costs[i] = -side
                answer = solve(costs)
                if answer.status != 0:
                    continue
                value = answer.x[i] * scale[i]
                if side > 0 and value < problem.hi[v]:
                    problem.hi[v] = max(problem.lo[v], math.floor(value + 1e-4))
                if side < 0 and value > problem.lo[v]:
                    problem.lo[v] = min(problem.hi[v], math.ceil(value - 1e-4))
    twins.share()
    return count, is_whole


# ---------------------------------------------------------------- the truth, for those who may

def truth(dataset, seq):
    query = f"""SELECT territory, period_name(span, start), programme, e.name, e.value FROM summary s
        CROSS JOIN LATERAL unnest(s.measures, s.figures) AS e (name, value)
        WHERE dataset = '{dataset}' AND seq <= {seq} AND (superseded_by IS NULL OR superseded_by > {seq})
          AND e.value IS NOT NULL"""
    out = subprocess.run(["psql", "-X", "-A", "-t", "-F", "\t", os.environ["NUANXIN_REPORTING_DB"], "-c", query],
                         check=True, capture_output=True, text=True).stdout
    found = {}
    for line in out.splitlines():
        territory, period, programme, name, value = line.split("\t")
        found[(territory, period, programme, name)] = int(value)
    return found


# ---------------------------------------------------------------- the run

def main():
    options = argparse.ArgumentParser()
    options.add_argument("base")
    options.add_argument("--show", type=int, default=3, help="derived figures to print of each source")
    options.add_argument("--level", choices=LEVELS, default=LEVELS[-1])
    options.add_argument("--budget", type=float, default=150, help="seconds in all")
    options.add_argument("--current", action="store_true", help="the newest edition only")
    options.add_argument("--copy", help="a directory where a subscriber has kept every edition, those too that a restore has forgotten")
    options.add_argument("--truth", action="store_true")
    options.add_argument("--only", help="sources, by comma")
    options.add_argument("--without", choices=LEVELS[1:], action="append", default=[], help="a level to leave out")
    options.add_argument("--json", help="a file for all that was derived")
    options = options.parse_args()
    Attack.without = options.without
    began = time.time()
    names = [d["dataset"] for d in json.loads(get(options.base, "/v1/datasets"))["datasets"]]
    everything, derived_any, dump = [], False, []
    for name in names:
        head, events = read(options.base, name, not options.current, options.copy)
        found = sheets(name, events)
        extremes = {}
        for event in events:
            if event["key"]["period"] != "all":
                continue
            for source, (low, high) in EXTREMES.items():
                a, b = (event["measures"].get(m, {}).get("value") for m in (low, high))
                if a and b and len(event["key"]["territory"]) == 6:
                    extremes[(event["key"]["programme"], source)] = (a, b)
        held = collections.defaultdict(dict)
        for event in events:
            for measure, figure in event["measures"].items():
                if measure.split(":")[0] == "sessions_held" and figure.get("value") is not None:
                    key = event["key"]
                    held[key["programme"]][(key["territory"], key["period"], measure.partition(":")[2])] = figure["value"]
        attacks, pool = [], collections.defaultdict(list)
        for (programme, source), sheet in found.items():
            if options.only and source not in options.only.split(","):
                continue
            Attack.pool = pool
            attack = Attack(sheet, options.level, options.current)
            attack.extremes, attack.sessions = extremes.get((programme, source)), held[programme]
            attack.relations()
            attacks.append(attack)
        for attack in attacks:
            attack.finish()
            attack.within_cells()
        if LEVELS.index(options.level) >= LEVELS.index("cross") and "cross" not in options.without:
            link(attacks)
        everything.append((name, head, attacks))
    # First what follows row by row, everywhere; then programs, the smallest tables first, each with its share of the time.
    states = {}
    every = sorted((a for _, _, attacks in everything for a in attacks), key=lambda a: len(a.newest))
    for attack in every:
        problem = attack.problem
        problem.kind = {v: attack.sheet.kinds.get(layer) for (_, _, layer), v in attack.var.items()}
        states[attack] = [propagate(problem, time.time() + options.budget), 0, True]
    solver_deadline = began + options.budget
    for place, attack in enumerate(every):
        if not states[attack][0]:
            continue
        problem = attack.problem
        targets = [v for (_, layer), v in attack.newest.items()
                   if problem.lo[v] < problem.hi[v] and attack.sheet.kinds.get(layer) in "cdm"]
        share = max(0.5, solver_deadline - time.time()) / (len(every) - place)
        count, whole = programs(problem, targets, time.time() + (share if place < len(every) - 1 else max(0.5, solver_deadline - time.time())))
        states[attack][1:] = [count, whole]
        if count:
            propagate(problem, time.time() + 20)
    for name, head, attacks in everything:
        real = truth(name, head["seq"]) if options.truth else {}
        total = collections.Counter()
        lines, is_whole = [], True
        for attack in sorted(attacks, key=lambda a: len(a.newest)):
            problem = attack.problem
            state, count, whole = states[attack]
            if state is None:
                total["infeasible"] += 1
                lines.append(f"  {attack.sheet.name}: what was published contradicts itself or what was inferred")
                continue
            is_whole = is_whole and whole and state
            total["programs"] += count
            tally, shown = collections.Counter(), []
            for (key, layer), v in attack.newest.items():
                kind = attack.sheet.kinds.get(layer)
                if kind not in ("c", "d", "m", "w"):
                    continue
                tally["hidden"] += 1
                lo, hi = problem.lo[v], problem.hi[v]
                measure = attack.sheet.measure[layer] + (":" + key[2] if key[2] else "")
                value = real.get((key[0], key[1], attack.sheet.programme, measure))
                is_count = kind in ("c", "d")
                # What is certainly small, and known better than that.
                narrow = is_count and hi <= SMALL and lo < hi and (lo > 1 or hi < SMALL)
                if value is not None and is_count and 1 <= abs(value) <= SMALL:
                    tally["small"] += 1
                    if not lo == hi and (lo > 1 or hi < SMALL):
                        tally["small_narrow"] += 1
                    if lo == hi:
                        tally["small_exact"] += 1
                if lo == hi:
                    tally["exact_" + ("count" if kind != "m" else "money")] += 1
                    if value is not None and value != lo:
                        tally["wrong"] += 1
                elif value is not None and not lo <= value <= hi:
                    tally["wrong"] += 1
                if narrow:
                    tally["narrow"] += 1
                if lo == hi or narrow:
                    shown.append((attack.sheet.name, key[0], key[1], measure, lo, hi, value))
            dump += shown
            added = increments(attack)
            tally["increments"] = len(added)
            few = of_few(attack, {(a.sheet.dataset, a.sheet.programme, a.sheet.source): a for a in attacks})
            tally["few"] = len(few)
            for one in few[:options.show]:
                lines.append(f"  {one[0]}: {one[2]} fen are shown of {one[1]}, where at most {one[3]} families have a loan")
            total += tally
            for one in added[:options.show]:
                lines.append(f"  {one[0]}: edition {one[3]} added {one[6]} to {one[1]} on {one[2]}, by {one[4]} {one[5]}")
            if tally["exact_count"] + tally["exact_money"] + tally["narrow"]:
                lines.append(f"  {attack.sheet.name}: {tally['hidden']} hidden, exact {tally['exact_count']} counts and "
                             f"{tally['exact_money']} sums of money, {tally['narrow']} small counts too narrow"
                             + (f"; of {tally['small']} that are small in truth {tally['small_exact']} exact, "
                                f"{tally['small_narrow']} narrow; {tally['wrong']} wrong" if options.truth else "")
                             + (f"; price {attack.prices}" if attack.prices else ""))
                for one in sorted(shown, key=lambda s: (s[4] != s[5], len(s[1]), s[2] != "all"))[:options.show]:
                    lines.append("    " + f"{one[1]} {one[2]} {one[3]} = {one[4]}" + (f"..{one[5]}" if one[4] != one[5] else "")
                                 + (f" (truth {one[6]})" if one[6] is not None else ""))
        bad = total["exact_count"] + total["exact_money"] + total["narrow"] + total["increments"] + total["few"]
        derived_any = derived_any or bad > 0
        print(f"{name}: seq {head['seq']}, {head['cells']} cells, {total['hidden']} suppressed figures; derived exactly "
              f"{total['exact_count']} counts and {total['exact_money']} sums of money, {total['narrow']} small counts "
              f"known better than 1..{SMALL}, {total['increments']} increments of hidden cells, {total['few']} shown sums of few families; {total['programs']} linear programs"
              + (f"; truth: {total['small']} small, {total['small_exact']} of them exact, {total['small_narrow']} narrow, "
                 f"{total['wrong']} wrong" if options.truth else "")
              + ("" if is_whole else "; out of time, not all were asked"))
        if options.show:
            print("\n".join(lines)) if lines else None
    print(f"level {options.level}, {time.time() - began:.1f} s: " + ("DERIVED" if derived_any else "nothing derived"))
    if options.json:
        json.dump(dump, open(options.json, "w"), indent=0)
    return 1 if derived_any else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except (OSError, ValueError, KeyError) as problem:
        print(f"the attack could not run: {problem!r}", file=sys.stderr)
        sys.exit(2)
