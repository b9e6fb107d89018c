"""The release of the chart under test, its pods, and what they say of themselves."""
import contextlib
import json
import os
import signal
import subprocess
import time

from kubernetes import FOLDER, wait_for

ROOT = os.path.realpath(os.path.join(os.path.dirname(os.path.abspath(__file__)), "../.."))
BELLWETHER = f"{ROOT}/build/release/bin/bellwether"
WHOLE_SECONDS_MAX = 240
PORT = 7443
ADDRESSES_EVERY_SECONDS = 1


def values(brokers):
    """What the tests give to helm. The rest is the chart's own."""
    return {
        "image": {"repository": "localhost/bellwether", "tag": "tested", "pullPolicy": "Never"},
        "kafka": {"brokers": brokers, "topics": {"create": True, "partitions": 4,
                                                 "replication": 1}},
        "reference": "sg",
        "config": {
            "time": {"calendar": "month", "history_years": 60, "allowed_disorder": "1h",
                     "idle": "heartbeat"},
            "snapshots": {"every": "20s"},
            "rules": {"false_discovery_rate": 0.05},
        },
        "snapshots": {"storageClass": "disks"},
        "resources": {"requests": {"cpu": "100m", "memory": "256Mi"}},
    }


def is_ready(pod):
    return any(condition["type"] == "Ready" and condition["status"] == "True"
               for condition in pod["status"].get("conditions", []))


class Release:
    def __init__(self, cluster, namespace="bellwether", name="bellwether"):
        self.cluster, self.namespace, self.name = cluster, namespace, name
        self.selector = f"app.kubernetes.io/instance={name},app.kubernetes.io/component=daemon"

    def kubectl(self, *arguments):
        return self.cluster.kubectl("--namespace", self.namespace, *arguments)

    def get(self, *arguments):
        return self.cluster.get("--namespace", self.namespace, *arguments)

    def make_namespace(self):
        self.cluster.apply({"apiVersion": "v1", "kind": "Namespace", "metadata": {
            "name": self.namespace,
            "labels": {"pod-security.kubernetes.io/enforce": "restricted"}}})

    def install(self, given, *options):
        path = f"{FOLDER}/{self.namespace}-{self.name}.json"
        with open(path, "w", encoding="utf-8") as file:
            json.dump(given, file)
        self.cluster.helm("install", self.name, f"{ROOT}/deploy/chart", "--namespace",
                          self.namespace, "--values", path, *options)

    def upgrade(self, *options, chart=f"{ROOT}/deploy/chart"):
        self.cluster.helm("upgrade", self.name, chart, "--namespace", self.namespace,
                          "--reuse-values", *options)

    def set(self, **fields):
        """Upgrades with these values; `a__b` is a.b."""
        options = [f"--set={name.replace('__', '.')}={value}" for name, value in fields.items()]
        self.upgrade(*options)

    def wait_until_whole(self):
        """All replicas are there, ready, and as the StatefulSet now describes them."""
        wait_for(self._is_whole, WHOLE_SECONDS_MAX, "all replicas are ready")

    def _is_whole(self):
        wanted = self.get("statefulset", self.name)
        pods = self.get("pods", "--selector", self.selector)["items"]
        revision = wanted["status"].get("updateRevision")
        return (wanted["status"].get("observedGeneration") == wanted["metadata"]["generation"]
                and len(pods) == wanted["spec"]["replicas"]
                and all(pod["metadata"]["labels"]["controller-revision-hash"] == revision
                        and "deletionTimestamp" not in pod["metadata"] and is_ready(pod)
                        for pod in pods))

    def address(self):
        service = self.get("service", self.name)
        return f"{service['spec']['clusterIP']}:{PORT}"

    def pods(self):
        """Name -> object, of those that are not being deleted."""
        pods = self.get("pods", "--selector", self.selector)["items"]
        return {pod["metadata"]["name"]: pod for pod in pods
                if "deletionTimestamp" not in pod["metadata"]}

    def addresses(self):
        """Pod -> its own address."""
        return {name: f"{pod['status']['podIP']}:{PORT}" for name, pod in self.pods().items()
                if pod["status"].get("podIP")}

    def status(self, address):
        """GetStatus of one replica; None: no answer."""
        done = subprocess.run([BELLWETHER, "--server", address, "--timeout", "1", "--output",
                               "json", "status"], text=True, capture_output=True)
        return json.loads(done.stdout) if done.returncode == 0 else None

    def leader(self):
        """The pod that says that it leads; None: none."""
        for name, address in self.addresses().items():
            said = self.status(address)
            if said and said["role"] == "ROLE_LEADER":
                return name
        return None

    def log(self, pod):
        return self.kubectl("logs", pod)

    def kill(self, pod):
        """Sends SIGKILL to the daemon of a pod."""
        identity = self.pods()[pod]["metadata"]["uid"]
        for process in os.listdir("/proc"):
            with contextlib.suppress(OSError):
                with open(f"/proc/{process}/cgroup", encoding="utf-8") as file:
                    of_pod = process.isdigit() and identity in file.read()
                if of_pod and os.readlink(f"/proc/{process}/exe").endswith("bellwetherd"):
                    os.kill(int(process), signal.SIGKILL)
                    return
        raise AssertionError(f"{pod} has no process")


class LeaderClock:
    """Measures for how long nobody leads while the leader changes."""

    def __init__(self, release):
        self.release, self.addresses = release, release.addresses()
        self.pod = release.leader()
        self.old = self.identity(self.pod)
        self.last_seen = time.monotonic()

    def identity(self, pod):
        """Of the process in the pod if it leads, otherwise None."""
        said = self.release.status(self.addresses[pod])
        return (pod, said["started_at_ms"]) if said and said["role"] == "ROLE_LEADER" else None

    def wait(self, seconds):
        """Returns the new leader's pod, and for how many seconds none was seen."""
        asked = time.monotonic()

        def another():
            nonlocal asked
            if time.monotonic() > asked + ADDRESSES_EVERY_SECONDS:  # kubectl is slow
                self.addresses.update(self.release.addresses())
                asked = time.monotonic()
            for pod in self.addresses:
                found = self.identity(pod)
                if found and found != self.old:
                    return pod
                if found:
                    self.last_seen = time.monotonic()
            return None
        return wait_for(another, seconds, "another leads"), time.monotonic() - self.last_seen
