"""What must hold when faults are over: every message once, every copy equal, every book balanced."""
from deployment import SERVICES

# Each projection of a kind of fact: the reader's database, its rows, the owner and the type of the facts.
PROJECTIONS = (
    ("funding", "SELECT id::text FROM household", "registry", "registry.household.registered.v1"),
    ("events", "SELECT id::text FROM household", "registry", "registry.household.registered.v1"),
    ("reporting", "SELECT substr(record, 10) FROM contribution WHERE source = 'donation'", "funding",
     "funding.donation.received.v1"),
    ("reporting", "SELECT substr(record, 11) FROM contribution WHERE record LIKE 'headcount/%'", "events",
     "events.headcount.recorded.v1"),
)
# Commands, the facts that say that they took effect, and the rows that they have left.
EFFECTS = (
    ("funding.donation.receive.v1", "funding.donation.received.v1", "donation"),
    ("funding.fund.deposit.v1", "funding.fund.deposited.v1", "deposit"),
    ("registry.household.register.v1", "registry.household.registered.v1", "household"),
    ("events.session.open.v1", "events.session.opened.v1", "session"),
    ("events.headcount.record.v1", "events.headcount.recorded.v1", "headcount"),
)
LEFT = """SELECT (SELECT count(*) FROM parked), (SELECT count(*) FROM owed_receipt),
    (SELECT count(*) FROM journal j JOIN journal_owner o USING (owner) WHERE j.position > o.published)"""
MOST = 5


# What the code says: a process ended while the message was on trial.
TRIED = "delivery_limit"


class Audit:
    def __init__(self, deployment, confirmed):
        self.deployment, self.confirmed = deployment, confirmed
        self.counts, self.redriven = {}, 0

    def is_quiet(self):
        """Whether nothing is under way any more."""
        self.redrive()
        return not self.under_way()

    def redrive(self):
        """A message that was on trial when its process was killed looks as if it had ended it, and is set aside. An operator who
        has killed the process has it tried again, as the runbook MessageEndsService says."""
        for service in SERVICES:
            count = self.deployment.number(
                service, f"SELECT count(*) FROM dead_letter WHERE state = 'open' AND code = '{TRIED}'")
            if count:
                self.deployment.tool("dead", "redrive", service, "--code", TRIED, "--reason", "the process was killed")
                self.redriven += count

    def under_way(self):
        found = []
        for service in SERVICES:
            names = ("parked", "owed receipts", "facts not published")
            found += [f"{service}: {count} {name}" for name, count in zip(names, self.deployment.sql(service, LEFT)[0])
                      if int(count)]
        for line in self.deployment.servers("broker", "rabbitmqctl", "-q", "list_queues", "name", "messages").splitlines():
            name, _, count = line.partition("\t")
            if name.endswith((".commands", ".facts", ".dead")) and count.strip() not in ("0", "messages"):
                found.append(f"{name}: {count.strip()} messages")
        if int(self.deployment.sql("reporting", "SELECT count(*) FROM delta")[0][0]):
            found.append("reporting: deltas to roll up")
        return found

    def violations(self):
        yield from self.decisions()
        yield from self.effects()
        yield from self.projections()
        yield from self.books()

    def decisions(self):
        """Every confirmed command is decided once, and each of its facts is in the journal once."""
        for service in SERVICES:
            wanted = {name for name, kind in self.confirmed.items() if kind.startswith(service + ".")}
            rows = self.deployment.sql(service, """
                SELECT i.id, i.state, i.facts, (SELECT count(*) FROM journal j WHERE j.cause = i.id)
                FROM inbox i""")
            decided = {row[0] for row in rows}
            dead = {row[0] for row in self.deployment.sql(
                service, "SELECT message_id FROM dead_letter WHERE state = 'open' AND message_id IS NOT NULL")}
            waiting = {row[0] for row in self.deployment.sql(
                service, "SELECT message_id FROM parked WHERE message_id IS NOT NULL")}
            lost = wanted - decided - dead - waiting
            if lost:
                yield f"{service}: {len(lost)} confirmed commands are nowhere, such as {sorted(lost)[:2]}"
            foreign = [row for row in rows if row[0] in wanted and int(row[2]) != int(row[3])]
            if foreign:
                yield f"{service}: {len(foreign)} commands have not the facts of their answers, such as {foreign[0]}"
            self.counts[service] = len(wanted & decided)
            letters = self.deployment.sql(service, f"""
                SELECT origin, code, count(*) FROM dead_letter
                WHERE NOT (state = 'redriven' AND code = '{TRIED}') GROUP BY 1, 2""")
            if letters:
                yield f"{service}: dead letters of good messages: {letters[:MOST]}"

    def effects(self):
        """All commands of the load are right, and none was lost or done twice."""
        for command, fact, table in EFFECTS:
            service = command.split(".")[0]
            wanted = sum(kind == command for kind in self.confirmed.values())
            facts = self.deployment.number(service, f"SELECT count(*) FROM journal WHERE type = '{fact}'")
            rows = self.deployment.number(service, f"SELECT count(*) FROM {table}")
            if not wanted == facts == rows:
                yield f"{wanted} times {command} confirmed, {facts} facts, {rows} rows"
        for service in SERVICES:
            codes = self.deployment.sql(service, "SELECT code, count(*) FROM inbox WHERE code IS NOT NULL GROUP BY code")
            if codes:
                yield f"{service}: good commands were refused: {codes[:MOST]}"

    def projections(self):
        for reader, query, owner, kind in PROJECTIONS:
            held = {row[0] for row in self.deployment.sql(reader, query)}
            journal = {row[0] for row in self.deployment.sql(owner, f"SELECT subject FROM journal WHERE type = '{kind}'")}
            if held != journal:
                yield f"{reader} holds {len(held)} of {len(journal)} of {kind}, and {len(held - journal)} of its own"

    def books(self):
        for view in ("ledger_check", "goods_check"):
            problems = self.deployment.sql("funding", f"SELECT problem FROM {view} LIMIT 3")
            if problems:
                yield f"{view}: {problems}"
        imbalance = self.deployment.number("funding", "SELECT coalesce(sum(balance_fen), 0) FROM account")
        if imbalance:
            yield f"the ledger is {imbalance} fen from zero"
        cells = self.deployment.number("reporting", "SELECT count(*) FROM cell_mismatches()")
        if cells:
            yield f"reporting: {cells} cells are not the sums of their contributions"
        donated = self.deployment.number("funding", "SELECT coalesce(sum(amount_fen), 0) FROM donation")
        shown = self.deployment.number("reporting", """
            SELECT coalesce(sum(amount), 0) FROM current_cell
            WHERE source = 'donation' AND territory = '350203' AND span = 'all' AND dimension = ''""")
        if donated != shown:
            yield f"{donated} fen were donated, and reporting shows {shown}"
