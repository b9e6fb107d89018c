"""The story of tests/cluster: each step is a function, and its first line says what it shows. Steps
run in this order on one release, while clients call it."""
import contextlib
import json
import os
import shutil
import signal
import subprocess
import time

import wrong
from kubernetes import CONTROL, FOLDER, run, wait_for, write
from release import BELLWETHER, PORT, ROOT, LeaderClock, Release, is_ready, values

REGISTER = f"{ROOT}/tests/data/singapore/register.csv"
REFERENCE = f"{ROOT}/deploy/reference/sg"
LAST = "2022-12"
EVENTS = 2_738_127
READY_SECONDS_MAX = 60
KILLED_LEADER_SECONDS_MAX = 15
FAILING_SECONDS_MAX = 10
JUDGED_SECONDS_MAX = 300
BROKER_AWAY_SECONDS = 15
CALLING_SECONDS = 3
CLIENTS = 4


def expect(condition, message):
    if not condition:
        raise AssertionError(message)


class Calls:
    """What the clients of callers.py have met."""

    def __init__(self, stubs, address, name, *options):
        self.folder = f"{FOLDER}/{name}"
        os.mkdir(self.folder)
        with open(f"{FOLDER}/log/{name}", "wb") as log:
            self.started = subprocess.Popen(
                ["/usr/bin/python3", f"{ROOT}/tests/cluster/callers.py", stubs, address,
                 self.folder, *options], stdout=log, stderr=log)
        wait_for(lambda: os.path.exists(f"{self.folder}/transitions"), READY_SECONDS_MAX,
                 "clients that are connected")

    def since(self, seconds):
        """Calls that began after this time."""
        expect(self.started.poll() is None, "the clients ended")
        with contextlib.suppress(FileNotFoundError):
            with open(f"{self.folder}/calls", encoding="utf-8") as file:
                calls = [json.loads(line) for line in file if line.endswith("\n")]
            return [call for call in calls if call[0] >= seconds]
        return []

    def transitions(self):
        with open(f"{self.folder}/transitions", encoding="utf-8") as file:
            lines = [json.loads(line) for line in file if line.endswith("\n")]
        return [line for line in lines if line[0] != "interrupted"]

    def stop(self):
        self.started.send_signal(signal.SIGTERM)
        self.started.wait()


def failures(calls):
    return [call for call in calls if call[3] != "OK"]


def some(calls):
    return "; ".join(f"{client} {name} {code}: {message}"
                     for _, client, name, code, _, message in calls[:3])


def alerts_of(address):
    """All alerts, of all pages that the command prints."""
    text = run(BELLWETHER, "--server", address, "--output", "json", "alerts", "list", "--parts",
               "--limit", "0")
    alerts, decoder = [], json.JSONDecoder()
    while text.strip():
        page, end = decoder.raw_decode(text.lstrip())
        alerts, text = alerts + page["alerts"], text.lstrip()[end:]
    return alerts


class Story:
    def __init__(self, cluster, stubs):
        self.cluster, self.stubs = cluster, stubs
        self.release, self.calls, self.feed, self.brokers = Release(cluster), None, None, ""
        self.settings, self.notes = {}, []

    def note(self, text):
        self.notes.append(text)

    # ---- Planned changes: no call may fail ------------------------------------------------------

    @contextlib.contextmanager
    def no_failed_call(self):
        started = time.time()
        yield
        time.sleep(CALLING_SECONDS)
        calls = self.calls.since(started)
        failed = failures(calls)
        self.note(f"{len(calls)} calls, {len(failed)} failed, in {time.time() - started:.1f} s; "
                  f"the slowest {max(call[4] for call in calls):.0f} ms")
        expect(not failed, f"{len(failed)} failed calls: {some(failed)}")
        clients = {call[1] for call in calls}
        expect(len(clients) == CLIENTS, f"only {clients} call")

    @contextlib.contextmanager
    def short_failures(self, acts_too=True):
        """Calls may fail as UNAVAILABLE for some seconds, but not those that are tried again.
        acts_too=False: acts may also fail for longer, and at their deadline."""
        started = time.time()
        yield
        time.sleep(CALLING_SECONDS)
        calls = self.calls.since(started)
        if not acts_too:
            acts, calls = ([call for call in calls if (call[1] == "acting") == is_act]
                           for is_act in (True, False))
            codes = {call[3] for call in acts}
            self.note(f"{len(acts)} acts, {len(failures(acts))} failed: {sorted(codes)}")
            expect(codes <= {"OK", "UNAVAILABLE", "DEADLINE_EXCEEDED"}, some(failures(acts)))
            expect(acts[-1][3] == "OK", f"acts fail still: {some(acts[-1:])}")
        failed = failures(calls)
        lasted = failed[-1][0] - failed[0][0] if failed else 0
        self.note(f"{len(calls)} calls, {len(failed)} failed within {lasted:.1f} s, in "
                  f"{time.time() - started:.1f} s")
        expect(lasted <= FAILING_SECONDS_MAX, f"calls failed over {lasted:.1f} s: {some(failed)}")
        other = [call for call in failed if call[3] != "UNAVAILABLE" or call[1] == "patient"]
        expect(not other, f"{len(other)} calls failed in another way: {some(other)}")

    def lose_leader(self, end, seconds_max):
        """Ends the leader's pod by end(pod) and waits until another leads and all are ready."""
        clock = LeaderClock(self.release)
        expect(clock.old, "nobody leads")
        end(clock.pod)
        new, seconds = clock.wait(READY_SECONDS_MAX)
        self.note(f"{new} leads after {clock.pod}; nobody led for {seconds:.2f} s")
        expect(seconds <= seconds_max, f"nobody led for {seconds:.2f} s")
        self.release.wait_until_whole()

    def start_broker(self):
        """A broker starts that pods can reach."""
        environment = {**os.environ, "BELLWETHER_BROKER_ADDRESS": CONTROL,
                       "BELLWETHER_BROKER_PASSWORD": wrong.PASSWORD}
        folder = f"{FOLDER}/broker"
        run(f"{ROOT}/third_party/broker", "start", folder, env=environment)
        self.brokers = CONTROL + ":" + run(f"{ROOT}/third_party/broker", "port", folder).strip()

    def install(self):
        """Helm installs three replicas, and they are ready on three nodes."""
        self.release.make_namespace()
        started = time.monotonic()
        self.release.install(values(self.brokers))
        self.release.wait_until_whole()
        self.note(f"ready {time.monotonic() - started:.1f} s after helm install")
        nodes = {pod["spec"]["nodeName"] for pod in self.release.pods().values()}
        expect(len(nodes) == 3, f"the replicas are on {nodes}")

    def start_feeding(self):
        """The Singapore register is fed, and clients begin to call."""
        rate = self.settings["rate"]
        with open(f"{FOLDER}/log/feed", "wb") as log:
            self.feed = subprocess.Popen(
                [BELLWETHER, "feed", REGISTER, "--brokers", self.brokers, "--sectors",
                 f"{REFERENCE}/sectors.csv", "--rate", str(rate)], stdout=log, stderr=log)
        address = self.release.address()
        wait_for(lambda: alerts_of(address), JUDGED_SECONDS_MAX, "a first alert")
        self.calls = Calls(self.stubs, address, "clients")
        with self.no_failed_call():
            pass

    def test_release(self):
        """The chart's own test passes (helm test)."""
        self.cluster.helm("test", "bellwether", "--namespace", "bellwether")

    def delete_leader(self):
        """The leader's pod is deleted: another leads soon, and no call fails."""
        with self.no_failed_call():
            self.lose_leader(
                lambda pod: self.release.kubectl("delete", "pod", pod, "--wait=false"),
                self.settings["leader_seconds_max"])

    def roll(self):
        """The configuration changes: the replicas roll, and no call fails."""
        with self.no_failed_call():
            self.release.set(config__snapshots__every="15s")
            self.release.wait_until_whole()

    def drain(self):
        """A node is drained: its replica comes back on another one, and no call fails."""
        with self.no_failed_call():
            node = self.release.pods()["bellwether-1"]["spec"]["nodeName"]
            self.cluster.kubectl("drain", node, "--ignore-daemonsets", "--delete-emptydir-data",
                                 "--force", "--timeout=60s")
            self.release.wait_until_whole()
            expect(self.release.pods()["bellwether-1"]["spec"]["nodeName"] != node, "it is back")
            self.cluster.kubectl("uncordon", node)

    def scale(self):
        """Three replicas become five, which take a snapshot of another, and three again."""
        with self.no_failed_call():
            self.release.set(replicas=5)
            self.release.wait_until_whole()
            addresses = self.release.addresses()
            for pod in ("bellwether-3", "bellwether-4"):
                source = self.release.status(addresses[pod])["snapshots"]["started_from"]
                self.note(f"{pod} started from {source}")
                expect(f":{PORT}" in source, f"{pod} started from {source}")
            self.release.set(replicas=3)
            self.release.wait_until_whole()
            wait_for(lambda: len(self.release.get("pvc")["items"]) == 3, READY_SECONDS_MAX,
                     "three volumes")

    def upgrade(self):
        """A newer chart with a newer image is installed, and no call fails."""
        chart = f"{FOLDER}/newer"
        shutil.copytree(f"{ROOT}/deploy/chart", chart)
        with open(f"{chart}/Chart.yaml", encoding="utf-8") as file:
            described = file.read().replace("0.1.0", "0.1.1")
        write(f"{chart}/Chart.yaml", described)
        self.cluster.tag("localhost/bellwether:tested", "localhost/bellwether:0.1.1")
        with self.no_failed_call():
            self.release.upgrade("--set", "image.tag=0.1.1", chart=chart)
            self.release.wait_until_whole()

    # ---- Faults: calls may fail for some seconds ------------------------------------------------

    def kill_leader(self):
        """The leader's process is killed: another leads, and calls fail for 10 s at most."""
        with self.short_failures():
            self.lose_leader(self.release.kill, KILLED_LEADER_SECONDS_MAX)

    def lose_volume(self):
        """A replica loses its volume: it starts from another's snapshot on a new one."""
        with self.short_failures():
            old = self.release.get("pvc", "snapshots-bellwether-2")["spec"]["volumeName"]
            self.release.kubectl("delete", "pvc", "snapshots-bellwether-2", "--wait=false")
            self.release.kubectl("delete", "pod", "bellwether-2")
            self.release.wait_until_whole()
            new = self.release.get("pvc", "snapshots-bellwether-2")["spec"]["volumeName"]
            expect(old != new, f"the volume is still {old}")
            address = self.release.addresses()["bellwether-2"]
            source = self.release.status(address)["snapshots"]["started_from"]
            expect(f":{PORT}" in source, f"started from {source}")

    def lose_broker(self):
        """The broker is away for 15 s: replicas go on answering, and go on judging after it."""
        folder = f"{FOLDER}/broker"
        with self.short_failures(acts_too=False):
            run(f"{ROOT}/third_party/broker", "kill", folder)
            time.sleep(BROKER_AWAY_SECONDS)
            run(f"{ROOT}/third_party/broker", "start", folder)
            wait_for(self.release.leader, READY_SECONDS_MAX, "a leader")
            self.release.wait_until_whole()

    def refuse_bad_configuration(self):
        """A configuration that cannot work is rolled out: the old replicas go on serving."""
        with self.no_failed_call():
            self.release.set(config__reference__sectors="/no/such/file.csv")
            said = wait_for(lambda: self.complaint("bellwether-2", "/no/such/file.csv"),
                            READY_SECONDS_MAX, "a message that names the file")
            self.note(f"bellwether-2 says: {said}")
            pods = self.release.pods()
            for pod in ("bellwether-0", "bellwether-1"):
                expect(is_ready(pods[pod]), f"{pod} is not ready")
            self.cluster.helm("rollback", "bellwether", "--namespace", "bellwether")
            self.release.kubectl("delete", "pod", "bellwether-2")
            self.release.wait_until_whole()

    def complaint(self, pod, word):
        """The first line of the pod's log that has the word; None: none."""
        for options in ([], ["--previous"]):
            with contextlib.suppress(subprocess.CalledProcessError):
                for line in self.release.kubectl("logs", pod, *options).splitlines():
                    if word in line:
                        return line[:300]
        return None

    # ---- The end --------------------------------------------------------------------------------

    def judge_all(self):
        """All 2,738,127 events arrive, and all figures are judged on every replica."""
        expect(self.feed.wait(JUDGED_SECONDS_MAX) == 0, "the feeder failed")
        for pod, address in self.release.addresses().items():
            wait_for(lambda a=address: (self.release.status(a) or {}).get("tick") == LAST,
                     JUDGED_SECONDS_MAX, f"{pod} is through {LAST}")
            said = self.release.status(address)
            read = sum(int(one["next_offset"]) for one in said["inputs"])
            expect(read >= EVENTS, f"{pod} has read {read} records")
            differ = {name: count for name, count in said["comparison"].items()
                      if name in ("cells_differ", "verdicts_differ") and int(count)}
            expect(not differ, f"{pod} differs from the journal: {differ}")

    def restart(self):
        """With the whole register, a replica comes back from its own snapshot."""
        pod, before = "bellwether-0", self.release.pods()["bellwether-0"]["metadata"]["uid"]
        fed_at = time.time()
        address = self.release.addresses()[pod]
        wait_for(lambda: self.snapshot_of(address, fed_at), READY_SECONDS_MAX, "a newer snapshot")
        self.release.kubectl("delete", "pod", pod, "--wait=false")

        def state():
            found = self.release.pods().get(pod)
            new = found if found and found["metadata"]["uid"] != before else None
            return new and any("running" in one["state"]
                               for one in new["status"].get("containerStatuses", [])) and new
        wait_for(state, READY_SECONDS_MAX, "a new pod")
        started = time.monotonic()
        wait_for(lambda: is_ready(state()), READY_SECONDS_MAX, "it is ready")
        seconds = time.monotonic() - started
        said = self.release.status(self.release.addresses()[pod])
        businesses = sum(int(one["businesses"]) for one in said["partitions"])
        source = said["snapshots"]["started_from"]
        self.note(f"ready {seconds:.1f} s after its container started, with {businesses} "
                  f"businesses, from {source}")
        expect(source.startswith("the snapshot") and f":{PORT}" not in source, source)

    def snapshot_of(self, address, seconds):
        """Whether the replica's newest snapshot was taken after this time."""
        said = self.release.status(address)
        return said and int(said["snapshots"]["taken_at_ms"]) > 1000 * seconds

    def compare_alerts(self):
        """All replicas have the same alerts."""
        alerts = {pod: alerts_of(address) for pod, address in self.release.addresses().items()}
        first = next(iter(alerts.values()))
        self.note(f"{len(first)} alerts")
        expect(first, "no alerts")
        for pod, found in alerts.items():
            expect(found == first, f"{pod} has other alerts")

    def compare_transitions(self):
        """The watcher saw each transition once and in order, over all interruptions."""
        watched = self.calls.transitions()
        self.calls.stop()
        again = Calls(self.stubs, self.release.address(), "replay", "watch")
        wait_for(lambda: len(again.transitions()) >= len(watched), READY_SECONDS_MAX, "a replay")
        time.sleep(CALLING_SECONDS)
        replayed = again.transitions()
        again.stop()
        self.note(f"{len(replayed)} transitions")
        expect(watched == replayed,
               f"{len(watched)} watched, {len(set(map(tuple, watched)))} different; "
               f"{len(replayed)} in a replay")

    def verify(self):
        """`bellwether verify --all` computes the same from the log, outside of the cluster."""
        config = self.release.get("configmap", "bellwether")["data"]["bellwetherd.yaml"]
        path = f"{FOLDER}/verify.yaml"
        write(path, config.replace("/usr/share/bellwether/reference", os.path.dirname(REFERENCE)))
        started = time.monotonic()
        said = run(BELLWETHER, "verify", "--all", "--config", path)
        self.note(f"{said.splitlines()[-1]}; in {time.monotonic() - started:.1f} s")


# Longer runs feed slower, so that months are judged during all steps. At 45,000 events/s seven
# months come each second; while the leader changes, all replicas can then be too late to be ready.
# The limit of time without a leader holds on a machine that does nothing else.
SHORT = {"rate": 20_000, "leader_seconds_max": 10}
FULL = {"rate": 12_000, "leader_seconds_max": 2}
BEGINNING = (Story.start_broker, Story.install, Story.start_feeding)
# Transitions are compared first: then nobody acts any more.
END = (Story.judge_all, Story.restart, Story.compare_transitions, Story.compare_alerts,
       Story.verify)
SHORT_STEPS = (*BEGINNING, Story.delete_leader, Story.roll, *END)
FULL_STEPS = (*BEGINNING, Story.test_release, Story.delete_leader, Story.roll, Story.drain,
              Story.scale, Story.upgrade, Story.kill_leader, Story.lose_volume, Story.lose_broker,
              Story.refuse_bad_configuration, *END)


def try_step(step, subject, notes):
    """Prints what the step shows, whether it did, and the notes. Returns whether it passed."""
    message, started = None, time.monotonic()
    notes.clear()
    try:
        step(subject)
    except subprocess.CalledProcessError as error:
        message = f"{error.cmd}: {error.stderr or error.stdout}"
    except (AssertionError, OSError, LookupError, TypeError, ValueError) as error:
        message = f"{type(error).__name__}: {error}"
    print(f"  {step.__doc__:<88} {'failed' if message else 'passed'} "
          f"{time.monotonic() - started:6.1f} s")
    for line in notes + ([message[-1500:]] if message else []):
        print(f"    {line}", flush=True)
    return message is None


def tell(cluster, stubs, short):
    """Returns numbers of passed and failed steps. Without its beginning the story has no end."""
    story = Story(cluster, stubs)
    story.settings = SHORT if short else FULL
    passed = failed = 0
    for step in SHORT_STEPS if short else FULL_STEPS:
        good = try_step(step, story, story.notes)
        passed, failed = passed + good, failed + (not good)
        if not good and step in BEGINNING:
            return passed, failed
    if not short:
        subject = wrong.Wrong(cluster, story.brokers, story.note)
        for step in wrong.STEPS:
            good = try_step(step, subject, story.notes)
            passed, failed = passed + good, failed + (not good)
    return passed, failed
