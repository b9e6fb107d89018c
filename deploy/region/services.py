"""A broker and a bellwetherd on free ports of this machine, fed by `bellwether connect`. Everything
that is started here is ended here, by its process id."""
import json
import os
import socket
import subprocess
import time

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
BIN = os.environ.get("BELLWETHER_BIN", f"{ROOT}/build/release/bin")
PARTITIONS = 4
READY_SECONDS, STOP_SECONDS = 60, 60
COMMAND_SECONDS = 600


class Failed(Exception):
    """A step did not succeed; says which one and why."""


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Services:
    nowhere = subprocess.DEVNULL

    """`folder`: an empty one for everything that is written. `config`: of bellwetherd, without
    addresses. Use it as a context manager."""

    def __init__(self, folder, config):
        self.folder, self.config = folder, config
        self.broker_folder, self.log = f"{folder}/broker", f"{folder}/bellwetherd.log"
        self.environment = dict(os.environ)
        self.daemon, self.children = None, []

    def __enter__(self):
        try:
            self._start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def _start(self):
        self._broker("start")
        port = self._broker("port").strip()
        self.grpc, self.metrics = f"127.0.0.1:{free_port()}", f"127.0.0.1:{free_port()}"
        self.environment.update(
            BELLWETHER_KAFKA_BOOTSTRAP_SERVERS=f"127.0.0.1:{port}", BELLWETHER_SERVER=self.grpc,
            BELLWETHER_GRPC_ADDRESS=self.grpc, BELLWETHER_METRICS_ADDRESS=self.metrics)
        self.run("topics", "create", "--partitions", str(PARTITIONS))
        with open(self.log, "w", encoding="utf-8") as log:
            self.daemon = subprocess.Popen(
                [f"{BIN}/bellwetherd", "--config", self.config], env=self.environment,
                stdin=subprocess.DEVNULL, stdout=log, stderr=log, start_new_session=True)
        end = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self.daemon.poll() is not None or time.monotonic() > end:
                raise Failed(f"bellwetherd did not start:\n{self.log_end()}")
            time.sleep(0.1)

    def _answers(self):
        return subprocess.run([f"{BIN}/bellwether", "status"], env=self.environment, check=False,
                              capture_output=True).returncode == 0

    def _broker(self, verb):
        done = subprocess.run([f"{ROOT}/third_party/broker", verb, self.broker_folder], check=False,
                              capture_output=True, text=True, start_new_session=True)
        if done.returncode != 0 and verb != "stop":
            raise Failed(f"the broker did not {verb}: {done.stderr.strip()}")
        return done.stdout

    def log_end(self):
        with open(self.log, encoding="utf-8", errors="replace") as log:
            return "".join(log.readlines()[-20:])

    def start(self, *arguments, **options):
        """Starts a command of bellwether; it is ended with these services."""
        child = subprocess.Popen([f"{BIN}/bellwether", *arguments], env=self.environment,
                                 stdin=subprocess.DEVNULL, text=True, **options)
        self.children.append(child)
        return child

    def run(self, *arguments):
        """Runs a command of bellwether. Returns what it prints."""
        child = self.start(*arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        try:
            out, err = child.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Failed(f"bellwether {' '.join(arguments[:2])}: too slow") from error
        if child.returncode != 0:
            raise Failed(f"bellwether {' '.join(arguments[:2])}: {err[-2000:]}")
        return out

    @staticmethod
    def wait(child):
        """Until a command ends. Returns its status."""
        try:
            return child.wait(COMMAND_SECONDS)
        except subprocess.TimeoutExpired as error:
            raise Failed("a command was too slow") from error

    @staticmethod
    def run_line(line):
        """Runs a line as a person would paste it. It has to succeed and to print something."""
        done = subprocess.run(["bash", "-c", line], check=False, capture_output=True, text=True,
                              timeout=COMMAND_SECONDS)
        if done.returncode != 0 or not done.stdout:
            raise Failed(f"failed: {line}\n{done.stdout}{done.stderr}")

    def ask(self, *arguments):
        """As run(), with the answer as JSON."""
        return json.loads(self.run("--output", "json", *arguments))

    def stop_daemon(self):
        """Returns its exit status."""
        self.daemon.terminate()
        try:
            return self.daemon.wait(STOP_SECONDS)
        except subprocess.TimeoutExpired:
            self.daemon.kill()
            return self.daemon.wait()

    def close(self):
        for child in self.children:
            if child.poll() is None:
                child.terminate()
                child.wait()
        if self.daemon is not None and self.daemon.poll() is None:
            self.stop_daemon()
        self._broker("stop")
