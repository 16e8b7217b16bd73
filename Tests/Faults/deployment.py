"""A deployment of its own for programs that try to break one: servers, the four services, and publishers."""
import datetime
import json
import os
import pathlib
import secrets
import signal
import socket
import subprocess
import time
import urllib.request
import uuid

import pika

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
SERVICES = ("registry", "funding", "events", "reporting")
USERS = ("operator", "subdistrict", "subscriber", "administrator") + SERVICES
DISTRICT = "350203"
COMMUNITY = "350203007001"
START_SECONDS = 120
READY_SECONDS = 60
STOP_SECONDS = 10


class Trouble(Exception):
    """The run could not be made, so it proves nothing."""


def free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def now_text():
    return datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def wait_until(what, seconds, condition):
    """Calls `condition` until it is true; what it raises counts as false."""
    deadline, problem = time.monotonic() + seconds, None
    while time.monotonic() < deadline:
        try:
            if condition():
                return
            problem = None
        except (OSError, Trouble, subprocess.SubprocessError, pika.exceptions.AMQPError) as error:
            problem = error
        time.sleep(0.2)
    raise Trouble(f"{what}: not within {seconds} s {problem or ''}")


class Replica:
    """One process of a service."""

    def __init__(self, service, number, environment, log, program):
        self.service, self.number, self.environment = service, number, environment
        self.log, self.program = log, program
        self.port = int(environment["NUANXIN_LISTEN"].rsplit(":", 1)[1])
        self.process = None

    def __str__(self):
        return f"{self.service} {self.number}"

    def start(self, more=None):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                [self.program, "run"], stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**self.environment, **(more or {})}, cwd=self.log.parent, start_new_session=True)

    def is_alive(self):
        return self.process is not None and self.process.poll() is None

    def send(self, number):
        if self.is_alive():
            self.process.send_signal(number)

    def kill(self):
        self.send(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        self.send(signal.SIGCONT)
        self.send(signal.SIGTERM)
        try:
            self.process.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.kill()

    def is_ready(self):
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/readyz", timeout=2) as answer:
                return answer.status == 200
        except OSError:
            return False

    def memory(self):
        """Resident memory in MiB."""
        for line in open(f"/proc/{self.process.pid}/status", encoding="ascii"):
            if line.startswith("VmRSS:"):
                return int(line.split()[1]) // 1024
        return 0


class Deployment:
    def __init__(self, directory, programs):
        self.directory = pathlib.Path(directory).resolve()
        self.programs = pathlib.Path(programs).resolve()
        self.replicas = []
        self.key = secrets.token_hex(32)
        # All processes of a service have the same one, and so has the operator.
        self.service_secrets = {f"NUANXIN_{service.upper()}_SECRET": secrets.token_hex(32) for service in SERVICES}

    # ---- servers

    def servers(self, *arguments, check=True):
        """What deploy/servers does in this directory."""
        command, rest = arguments[0], arguments[1:]
        done = subprocess.run(
            [ROOT / "deploy/servers", command, self.directory, *rest], capture_output=True, text=True,
            timeout=START_SECONDS, env={**os.environ, "NUANXIN_BIN": str(self.programs)}, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise Trouble(f"deploy/servers {command}: {done.stderr[-400:]}")
        return done.stdout

    def recall(self, name):
        for line in open(self.directory / "ports", encoding="utf-8"):
            key, _, value = line.strip().partition("=")
            if key == name:
                return value
        raise Trouble(f"{self.directory}/ports has no {name}")

    def secret(self, kind, name):
        path = self.directory / "secrets" / kind / name
        if not path.exists():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            with open(os.open(path, os.O_WRONLY | os.O_CREAT, 0o600), "w", encoding="ascii") as file:
                file.write(secrets.token_hex(16))
        return path.read_text(encoding="ascii").strip()

    def broker(self, user, port=None):
        return f"amqp://{user}:{self.secret('broker', user)}@127.0.0.1:{port or self.recall('amqp')}/%2F"

    def database(self, name, role, port=None):
        password = self.secret("postgres", role)
        return f"postgresql://{role}:{password}@127.0.0.1:{port or self.recall('postgres')}/{name}"

    def management(self, method, path, body=None):
        """Asks the broker's management interface as its administrator."""
        url = f"http://127.0.0.1:{self.recall('management')}/api/{path}"
        passwords = urllib.request.HTTPPasswordMgrWithPriorAuth()
        passwords.add_password(None, url, "administrator", self.secret("broker", "administrator"), True)
        opener = urllib.request.build_opener(urllib.request.HTTPBasicAuthHandler(passwords))
        data = None if body is None else body if isinstance(body, bytes) else json.dumps(body).encode()
        request = urllib.request.Request(url, data, {"Content-Type": "application/json"}, method=method)
        with opener.open(request, timeout=30) as answer:
            return answer.read()

    def sql(self, database, query, role="postgres"):
        """Rows of a query, each a list of texts."""
        done = subprocess.run(
            ["psql", "-XAtq", "-F\t", "-v", "ON_ERROR_STOP=1", self.database(database, role), "-c", query],
            capture_output=True, text=True, timeout=60, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Trouble(f"psql {database}: {done.stderr.strip()[:400]}")
        return [line.split("\t") for line in done.stdout.splitlines()]

    def number(self, database, query):
        return int(self.sql(database, query)[0][0] or 0)

    def prepare(self):
        """Empty servers and migrated databases."""
        self.directory.mkdir(parents=True, exist_ok=True)
        self.servers("remove")
        for user in USERS:
            self.secret("broker", user)
        self.servers("start")
        for service in SERVICES:
            environment = {
                **os.environ, "PGPASSWORD": self.secret("postgres", "postgres"),
                "OWNER_PASSWORD": self.secret("postgres", service + "_owner"),
                "RUNTIME_PASSWORD": self.secret("postgres", service)}
            self.call(
                ["psql", "-X", "-q", "-h", "127.0.0.1", "-p", self.recall("postgres"), "-U", "postgres", "-d", "postgres",
                 "-v", "service=" + service, "-f", ROOT / "deploy/postgres/service.sql"], environment)
            self.call([self.programs / service, "migrate"], {
                "PATH": os.environ["PATH"], "NUANXIN_MIGRATOR_DB": self.database(service, service + "_owner")})

    @staticmethod
    def call(command, environment):
        done = subprocess.run(
            command, env=environment, capture_output=True, text=True, timeout=START_SECONDS, stdin=subprocess.DEVNULL)
        if done.returncode:
            raise Trouble(f"{command[0]}: {(done.stderr or done.stdout)[-400:]}")
        return done.stdout

    # ---- services

    def add(self, service, broker_port=None, database_port=None, **settings):
        """One more process of a service, which is not started yet."""
        number = 1 + sum(replica.service == service for replica in self.replicas)
        environment = {
            "PATH": os.environ["PATH"], "LANG": "C.UTF-8",
            "NUANXIN_AMQP_URL": self.broker(service, broker_port),
            f"NUANXIN_{service.upper()}_DB": self.database(service, service, database_port),
            (secret := f"NUANXIN_{service.upper()}_SECRET"): self.service_secrets[secret],
            "NUANXIN_LISTEN": f"127.0.0.1:{free_port()}", "NUANXIN_LOG_LEVEL": "notice", **settings}
        if service == "registry":
            environment["NUANXIN_REGISTRY_KEY"] = self.key
        replica = Replica(
            service, number, environment, self.directory / f"{service}-{number}.log", self.programs / service)
        self.replicas.append(replica)
        return replica

    def await_ready(self, seconds=READY_SECONDS):
        for replica in self.replicas:
            wait_until(f"{replica} is ready", seconds, replica.is_ready)

    def tool(self, *arguments, check=True):
        """The operator's tool."""
        environment = {
            "PATH": os.environ["PATH"], "NUANXIN_AMQP_URL": self.broker("operator"), **self.service_secrets,
            **{f"NUANXIN_{service.upper()}_DB": self.database(service, service) for service in SERVICES}}
        done = subprocess.run(
            [self.programs / "nuanxin", *arguments], env=environment, capture_output=True, text=True,
            timeout=START_SECONDS, stdin=subprocess.DEVNULL)
        if check and done.returncode:
            raise Trouble(f"nuanxin {' '.join(arguments)}: {(done.stderr or done.stdout)[-400:]}")
        return done

    def end(self, keep):
        for replica in self.replicas:
            if replica.is_alive():
                replica.send(signal.SIGCONT)
                replica.kill()
        self.servers("stop" if keep else "remove", check=False)


# ---- messages

def document(kind, data, **more):
    return {"specversion": "1.0", "id": str(uuid.uuid4()), "source": "faults", "type": kind, "time": now_text(),
            "data": data, **more}


def encoded(message):
    return json.dumps(message, ensure_ascii=False).encode("utf-8", "surrogatepass")


class Publisher:
    """Publishes with confirms as one user. What is not confirmed is sent again, unchanged."""

    def __init__(self, url):
        self.url = url
        self.user = pika.URLParameters(url).credentials.username
        self.connection = self.channel = None

    def open(self):
        parameters = pika.URLParameters(self.url)
        parameters.socket_timeout = parameters.blocked_connection_timeout = 10
        parameters.heartbeat = 20
        self.connection = pika.BlockingConnection(parameters)
        self.channel = self.connection.channel()
        self.channel.confirm_delivery()

    def close(self):
        connection, self.connection, self.channel = self.connection, None, None
        try:
            if connection is not None:
                connection.close()
        except (pika.exceptions.AMQPError, OSError):
            pass

    def properties(self, message, **more):
        return pika.BasicProperties(**{
            "content_type": "application/cloudevents+json", "delivery_mode": 2, "user_id": self.user,
            "message_id": message["id"], "type": message["type"], "reply_to": "receipts." + self.user,
            "correlation_id": message["id"], **more})

    def try_once(self, key, body, properties):
        """Whether the broker has confirmed it."""
        try:
            if self.channel is None:
                self.open()
            self.channel.basic_publish("nuanxin.commands", key, body, properties)
            return True
        except (pika.exceptions.AMQPError, OSError, AttributeError, IndexError, AssertionError):
            # pika's own state is lost in many ways when a connection is.
            self.close()
            return False

    def publish(self, message, seconds=120):
        key, body, properties = message["type"], encoded(message), self.properties(message)
        deadline = time.monotonic() + seconds
        while not self.try_once(key, body, properties):
            if time.monotonic() > deadline:
                raise Trouble(f"{key} was not confirmed within {seconds} s")
            time.sleep(0.1)
