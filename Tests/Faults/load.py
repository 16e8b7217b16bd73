"""Publishers at work: families, funds, donations, deposits, sessions and headcounts, each confirmed by the broker."""
import datetime
import random
import threading
import time
import uuid

from deployment import COMMUNITY, DISTRICT, Publisher, document

PUBLISHERS = 2
PACE_SECONDS = 0.02
DAY = "2020-05-20"
WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def new():
    return str(uuid.uuid4())


class Load(threading.Thread):
    """One publisher, who sends again what was not confirmed. Some messages it sends twice on purpose."""

    def __init__(self, url, seed, place):
        super().__init__(daemon=True)
        self.place = place
        self.publisher, self.chance = Publisher(url), random.Random(seed)
        self.is_over = threading.Event()
        self.confirmed = {}  # id: type
        self.problem = None
        self.funds, self.sessions, self.households = [], [], 0

    def prepare(self):
        """What all others refer to."""
        self.send(document("registry.territory.load.v1", {
            "edition": "2020-01-01", "source": "test", "units": [
                {"code": DISTRICT, "nameZh": "思明区", "nameEn": "Siming District", "validFrom": "2000-01-01"},
                {"code": COMMUNITY[:9], "nameZh": "开元街道", "nameEn": "Kaiyuan Subdistrict", "validFrom": "2000-01-01"},
                {"code": COMMUNITY, "nameZh": "希望社区", "nameEn": "Hope Community", "validFrom": "2000-01-01"}]}))
        for _ in range(3):
            self.funds.append(new())
            self.send(document("funding.fund.open.v1", {
                "fund": self.funds[-1], "kind": "donation", "programme": "one-yuan-donation", "territory": DISTRICT,
                "nameZh": "一元捐", "nameEn": "One-Yuan Donation", "openedOn": "2020-01-02"}))

    def run(self):
        try:
            while not self.is_over.wait(PACE_SECONDS):
                message = self.chance.choices(
                    (self.donation, self.deposit, self.household, self.session, self.headcount), (5, 2, 2, 1, 3))[0]()
                self.send(message)
                if self.chance.random() < 0.05:
                    self.send(message)
        except Exception as error:  # whatever it is, the run must not pass
            self.problem = repr(error)
        self.publisher.close()

    def send(self, message):
        self.publisher.publish(message)
        self.confirmed[message["id"]] = message["type"]

    def donation(self):
        return document("funding.donation.receive.v1", {
            "donation": new(), "fund": self.chance.choice(self.funds), "campaign": "one-yuan", "territory": COMMUNITY,
            "amountFen": self.chance.randrange(1, 10_000), "receivedOn": DAY})

    def deposit(self):
        return document("funding.fund.deposit.v1", {
            "deposit": new(), "fund": self.chance.choice(self.funds), "amountFen": self.chance.randrange(1, 10_000),
            "businessDate": DAY})

    def household(self):
        return document("registry.household.register.v1", {
            "household": new(), "territory": COMMUNITY, "registeredOn": DAY, "categories": [],
            "members": [{"person": new(), "role": "head", "name": "合成甲", "residentId": self.resident_id()}]})

    def resident_id(self):
        """A made-up one that is used once: a number of this publisher from a day in the fifties on, 500 a day."""
        number = self.households * PUBLISHERS + self.place
        self.households += 1
        day = datetime.date(1950, 1, 1) + datetime.timedelta(number // 500)
        digits = f"350203{day:%Y%m%d}{number % 500 * 2:03d}"
        return digits + "10X98765432"[sum(int(digit) * weight for digit, weight in zip(digits, WEIGHTS)) % 11]

    def session(self):
        activity, session = new(), new()
        self.send(document("events.activity.plan.v1", {
            "activity": activity, "kind": "tea_talk", "theme": "health", "programme": "warm-home", "audience": "everyone",
            "territory": COMMUNITY, "titleZh": "茶话会", "titleEn": "Tea talk", "plannedOn": "2020-01-02"}))
        self.sessions.append(session)
        return document("events.session.open.v1", {
            "session": session, "activity": activity, "startsOn": "2020-02-03", "territory": COMMUNITY})

    def headcount(self):
        if not self.sessions:
            return self.session()
        return document("events.headcount.record.v1", {
            "headcount": new(), "session": self.chance.choice(self.sessions[-20:]), "count": self.chance.randrange(1, 50),
            "method": "counted", "recordedOn": "2020-02-03"})


def await_quiet(loads):
    for load in loads:
        load.is_over.set()
    for load in loads:
        load.join(150)
        if load.is_alive():
            load.problem = "it did not end"
    time.sleep(0.1)
