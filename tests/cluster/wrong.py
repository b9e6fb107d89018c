"""What a cluster can lack or have wrong: each step installs a release of its own, in a namespace of
its own, and expects a message that helps, from helm, the pod's log or an event."""
import contextlib
import os
import subprocess

from kubernetes import CONTROL, FOLDER, disk, run, storage_class, wait_for
from release import ROOT, Release, values

MESSAGE_SECONDS_MAX = 60
READY_SECONDS_MAX = 60
USER = 65532
PASSWORD = "opens-the-log"  # of the broker's user


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


class Wrong:
    """note: called with what is worth printing."""

    def __init__(self, cluster, brokers, note):
        self.cluster, self.brokers, self.note = cluster, brokers, note

    @contextlib.contextmanager
    def installed(self, name, **changes):
        """A release of one replica with topics of its own, in a new namespace."""
        release = Release(self.cluster, name, name)
        release.make_namespace()
        try:
            release.install(self.given(name, **changes))
            yield release
        finally:
            self.cluster.kubectl("delete", "namespace", name, "--wait=false")

    def given(self, name, **changes):
        given = values(self.brokers)
        given.update(replicas=1, fullnameOverride=name)
        given["config"]["kafka"] = {"group": name, "journal_topic": f"{name}.journal",
                                    "dead_letters_topic": f"{name}.dead-letters"}
        for key, value in changes.items():
            given[key] = {**given[key], **value} if isinstance(value, dict) else value
        return given

    def events(self, release):
        return [event["message"] for event in release.get("events")["items"]]

    def said(self, release, *words):
        """Waits for a line of the pod's log or an event that has all the words, and notes it."""
        def find():
            lines = self.events(release)
            for options in ([], ["--previous"]):
                with contextlib.suppress(subprocess.CalledProcessError):
                    lines += release.kubectl("logs", f"{release.name}-0", *options).splitlines()
            return next((line for line in lines if all(word in line for word in words)), None)
        self.note(wait_for(find, MESSAGE_SECONDS_MAX, f"a message with {words}")[:300])

    def missing_secret(self):
        """A Secret that is not there: the pod's events name it."""
        with self.installed("no-secret", kafka={
                "protocol": "SASL_PLAINTEXT", "sasl": {"existingSecret": "no-such-secret"},
                "topics": {"create": False}}) as release:
            self.said(release, "no-such-secret", "not found")

    def wrong_password(self):
        """A wrong password: the pod's log tells so, and with the right one the replica is ready."""
        folder = f"{FOLDER}/broker"
        port = run(f"{ROOT}/third_party/broker", "secured", folder).strip()
        kafka = {"brokers": f"{CONTROL}:{port}", "protocol": "SASL_PLAINTEXT"}
        login = {"mechanism": "PLAIN", "username": "bellwether", "password": "no-password"}
        with self.installed("sasl", kafka={**kafka, "sasl": login}) as release:
            self.said(release, "uthentication failed")
            release.upgrade("--set", f"kafka.sasl.password={PASSWORD}")
            self.delete_failed_pod(release)
            release.wait_until_whole()

    def delete_failed_pod(self, release):
        """Kubernetes replaces a pod that was never ready only when somebody deletes it."""
        with contextlib.suppress(subprocess.CalledProcessError):
            release.kubectl("delete", "pod", f"{release.name}-0", "--ignore-not-found")

    def wrong_protocol(self):
        """TLS to a broker that has none: the pod's log tells what failed."""
        with self.installed("wrong-tls", kafka={
                "protocol": "SSL", "topics": {"create": False}}) as release:
            self.said(release, "SSL")

    def missing_topics(self):
        """Topics that are not there: the pod's log names one."""
        with self.installed("no-topics", kafka={"topics": {"create": False}}) as release:
            self.said(release, "no-topics.journal")

    def quota(self):
        """A quota that is too small: the StatefulSet's events tell what is exceeded."""
        release = Release(self.cluster, "small", "small")
        release.make_namespace()
        self.cluster.apply({"apiVersion": "v1", "kind": "ResourceQuota",
                            "metadata": {"name": "small", "namespace": "small"},
                            "spec": {"hard": {"requests.cpu": "60m"}}})
        with self.installed("small") as release:
            self.said(release, "exceeded quota", "requests.cpu")

    def read_only_volume(self):
        """A volume that cannot be written: the pod's log tells so."""
        path = f"{FOLDER}/disks/read-only"
        os.makedirs(path)
        os.chown(path, USER, USER)
        os.chmod(path, 0o2770)  # as the kubelet would
        run("mount", "--bind", path, path)
        run("mount", "-o", "remount,bind,ro", path)
        with self.installed_on("read-only", path) as release:
            self.said(release, "/var/lib/bellwether", "ead-only file system")

    def full_volume(self):
        """A volume that is full: the replica serves, and its status tells so."""
        path = f"{FOLDER}/disks/full"
        os.makedirs(path)
        run("mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", path)
        with self.installed_on("full", path) as release:
            release.wait_until_whole()
            self.note(wait_for(lambda: self.snapshots(release)["error"], MESSAGE_SECONDS_MAX,
                               "an error in its status"))
            release.wait_until_whole()

    def installed_on(self, name, path):
        """A release with its volume in this folder."""
        self.cluster.apply(storage_class(name), disk(name, name, path))
        return self.installed(name, snapshots={"storageClass": name})

    def snapshots(self, release):
        """What the replica's status says of them."""
        address = release.addresses()[f"{release.name}-0"]
        return wait_for(lambda: release.status(address), READY_SECONDS_MAX, "a status")["snapshots"]

    def two_releases(self):
        """A second release in the namespace, with topics of its own, disturbs nobody."""
        first = Release(self.cluster)
        before = {name: pod["metadata"]["uid"] for name, pod in first.pods().items()}
        try:
            with contextlib.suppress(subprocess.CalledProcessError):
                first.install(values(self.brokers))
                raise AssertionError("helm installs one name twice")
            second = Release(self.cluster, name="second")
            second.install(self.given("second"))
            second.wait_until_whole()
            after = {name: pod["metadata"]["uid"] for name, pod in first.pods().items()}
            expect(before == after, "pods of the first release have changed")
        finally:
            self.cluster.helm("uninstall", "second", "--namespace", "bellwether")


STEPS = (Wrong.missing_secret, Wrong.wrong_password, Wrong.wrong_protocol, Wrong.missing_topics,
         Wrong.quota, Wrong.read_only_volume, Wrong.full_volume, Wrong.two_releases)
