"""A broker, replicas of bellwetherd, Prometheus and Alertmanager as programs on free ports of this
machine, for tests/dashboards and tests/alerting. Labels are those that the chart's PodMonitor makes
Prometheus set. Leaving the context ends every program."""
import contextlib
import http.server
import json
import os
import signal
import socket
import subprocess
import threading
import time
import urllib.parse
import urllib.request

import yaml

BIN = "build/release/bin"
NAMESPACE, JOB, CLAIM = "apps", "apps/bellwether", "snapshots-"
START_SECONDS_MAX = 60
STOP_SECONDS_MAX = 15


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def eventually(what, seconds, condition):
    """Waits until the condition is neither None nor False, and returns its value. An exception of
    an answer that is not there yet counts as False. Error: AssertionError."""
    end = time.monotonic() + seconds
    while True:
        with contextlib.suppress(OSError, ValueError, LookupError):
            value = condition()
            if value is not None and value is not False:
                return value
        if time.monotonic() > end:
            raise AssertionError(f"not within {seconds} s: {what}")
        time.sleep(0.2)


def get(url):
    with urllib.request.urlopen(url, timeout=30) as answer:
        return answer.read().decode()


def serve(handle):
    """A server of HTTP in a thread. handle(path, body) returns the text to answer."""
    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            body = self.rfile.read(int(self.headers.get("content-length", 0)))
            text = handle(self.path, body).encode()
            with contextlib.suppress(OSError):  # who asked may have given up
                self.send_response(200)
                self.send_header("content-length", str(len(text)))
                self.end_headers()
                self.wfile.write(text)

        do_GET = do_POST = answer

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


class Program:
    """A program with a log. Started again by start()."""

    def __init__(self, log, *command, **environment):
        self.log, self.command, self.environment = log, command, environment
        self.process = None

    def start(self):
        with open(self.log, "ab") as log:
            self.process = subprocess.Popen(
                self.command, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                env={**os.environ, **self.environment}, start_new_session=True)
        return self

    def kill(self):
        self.process.kill()
        self.process.wait()

    def stop(self):
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGCONT)
        self.process.terminate()
        try:
            self.process.wait(STOP_SECONDS_MAX)
        except subprocess.TimeoutExpired:
            self.kill()


class Replica(Program):
    def __init__(self, folder, pod, config, brokers):
        self.pod = pod
        self.grpc, self.metrics = (f"127.0.0.1:{free_port()}" for _ in range(2))
        self.snapshots = os.path.join(folder, pod)
        path = os.path.join(folder, pod + ".yaml")
        with open(path, "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file)
        super().__init__(os.path.join(folder, pod + ".log"), f"{BIN}/bellwetherd", "--config", path,
                         BELLWETHER_KAFKA_BOOTSTRAP_SERVERS=brokers, BELLWETHER_CLIENT_ID=pod,
                         BELLWETHER_GRPC_ADDRESS=self.grpc, BELLWETHER_METRICS_ADDRESS=self.metrics,
                         BELLWETHER_SNAPSHOTS_FOLDER=self.snapshots)

    def ask(self, *arguments):
        """Status and output of a command of bellwether."""
        done = subprocess.run([f"{BIN}/bellwether", "--server", self.grpc, *arguments], text=True,
                              stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, check=False)
        return done.returncode, done.stdout

    def value(self, metric):
        """The sum of a metric over its labels, or over those that begin as the text after its
        name: metric{rule="R0". None if there is no such line."""
        begins = (metric,) if "{" in metric else (metric + " ", metric + "{")
        lines = [line for line in get(f"http://{self.metrics}/metrics").splitlines()
                 if line.startswith(begins)]
        return sum(float(line.rsplit(" ", 1)[1]) for line in lines) if lines else None

    def answers(self):
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8") as file:
                raise AssertionError(f"{self.pod} ended: {file.read()[-1000:]}")
        return get(f"http://{self.metrics}/healthz")

    def target(self):
        return {"targets": [self.metrics],
                "labels": {"namespace": NAMESPACE, "job": JOB, "pod": self.pod,
                           "container": "bellwetherd"}}


class Watched:
    """The programs together; a context. config is that of the replicas, without addresses."""

    def __init__(self, folder, replicas, config, partitions=4):
        self.folder, self.partitions = folder, partitions
        self.config = config
        self.count = replicas
        self.ends = contextlib.ExitStack()
        self.replicas, self.volumes = [], {}
        self.prometheus = self.brokers = None

    def __enter__(self):
        try:
            self.start()
        except BaseException:
            self.ends.close()
            raise
        return self

    def __exit__(self, *_):
        self.ends.close()

    def path(self, name):
        return os.path.join(self.folder, name)

    def start(self):
        self.ends.callback(subprocess.run, ["third_party/broker", "stop", self.path("broker")],
                           check=False)
        subprocess.run(["third_party/broker", "start", self.path("broker")], check=True)
        port = subprocess.run(["third_party/broker", "port", self.path("broker")], check=True,
                              text=True, stdout=subprocess.PIPE).stdout.strip()
        self.brokers = f"127.0.0.1:{port}"
        self.bellwether("topics", "create", "--partitions", str(self.partitions))
        for i in range(self.count):
            replica = Replica(self.folder, f"bellwether-{i}", self.config, self.brokers)
            self.replicas.append(self.run(replica))
        for replica in self.replicas:
            eventually(f"{replica.pod} answers", START_SECONDS_MAX, replica.answers)

    def run(self, program):
        """Starts a program that ends with the context."""
        self.ends.callback(program.stop)
        return program.start()

    def bellwether(self, *arguments):
        """Runs a command that needs no replica. Returns its output."""
        done = subprocess.run(
            [f"{BIN}/bellwether", *arguments], text=True, check=False, capture_output=True,
            env={**os.environ, "BELLWETHER_KAFKA_BOOTSTRAP_SERVERS": self.brokers})
        if done.returncode:
            raise AssertionError(f"bellwether {' '.join(arguments)}: {done.stderr}")
        return done.stdout

    def leader(self):
        """The replica that leads. Waits until there is one."""
        def leads():
            for one in self.replicas:
                with contextlib.suppress(OSError):
                    if one.process.poll() is None and one.value("bellwether_leader"):
                        return one
            return None

        return eventually("a replica leads", START_SECONDS_MAX, leads)

    def volume_exporter(self):
        """What a kubelet says of the volumes, from self.volumes: pod -> (available, capacity)."""
        def answer(*_):
            lines = []
            for pod, (available, capacity) in self.volumes.items():
                labels = (f'{{namespace="{NAMESPACE}",'
                          f'persistentvolumeclaim="{CLAIM}{pod}"}}')
                lines += [f"kubelet_volume_stats_available_bytes{labels} {available}",
                          f"kubelet_volume_stats_capacity_bytes{labels} {capacity}"]
            return "\n".join(lines) + "\n"

        return self.serve(answer)

    def serve(self, handle):
        server = serve(handle)
        self.ends.callback(server.shutdown)
        return server.server_address[1]

    def start_prometheus(self, rules, interval, exporters=(), alertmanager=None):
        """exporters: ports whose labels are kept."""
        config = {
            "global": {"scrape_interval": interval, "evaluation_interval": interval},
            "rule_files": [os.path.abspath(rules)],
            "scrape_configs": [
                {"job_name": "replicas", "static_configs": [one.target() for one in self.replicas]},
                {"job_name": "kubelet", "honor_labels": True,
                 "static_configs": [{"targets": [f"127.0.0.1:{port}" for port in exporters]}]}]}
        if alertmanager:
            config["alerting"] = {"alertmanagers": [{"static_configs": [
                {"targets": [alertmanager]}]}]}
        with open(self.path("prometheus.yaml"), "w", encoding="utf-8") as file:
            yaml.safe_dump(config, file)
        address = f"127.0.0.1:{free_port()}"
        self.run(Program(self.path("prometheus.log"), "prometheus",
                         f"--config.file={file.name}", f"--web.listen-address={address}",
                         f"--storage.tsdb.path={self.path('tsdb')}", "--log.level=warn"))
        self.prometheus = f"http://{address}"
        eventually("Prometheus is ready", START_SECONDS_MAX,
                   lambda: get(self.prometheus + "/-/ready"))

    def query(self, expression):
        """The result of an instant query. Error: AssertionError with Prometheus' message."""
        url = f"{self.prometheus}/api/v1/query?" + urllib.parse.urlencode({"query": expression})
        try:
            return json.loads(get(url))["data"]["result"]
        except urllib.error.HTTPError as error:
            raise AssertionError(f"{expression}: {error.read().decode()}") from error
