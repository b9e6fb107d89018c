"""A real Kubernetes cluster on this machine: etcd, API server, controllers, scheduler, kube-proxy,
CoreDNS, and nodes that each have a containerd, a kubelet, a bridge and a control group of their
own. Must run in network, mount and process namespaces of its own (isolation.py): nothing of it is
reached from outside, and it ends with the namespaces."""
import contextlib
import json
import os
import subprocess
import time

FOLDER = "/run/cluster"  # short, because the names of sockets may have 107 bytes
CONTROL = "10.99.0.1"    # API server, name service and broker
DOMAIN = "cluster.local"
START_SECONDS_MAX = 180
GROUP_SECONDS_MAX = 10
DISKS = 24

KUBECONFIG = f"""apiVersion: v1
kind: Config
clusters:
  - name: c
    cluster: {{server: "https://{CONTROL}:6443", insecure-skip-tls-verify: true}}
users: [{{name: admin, user: {{token: admin}}}}]
contexts: [{{name: c, context: {{cluster: c, user: admin}}}}]
current-context: c
"""
# restrict_oom_score_adj: this machine may not allow lower scores.
CONTAINERD = """version = 2
root = "{folder}/images"
state = "{folder}/state"
[grpc]
  address = "{folder}/containerd.sock"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "localhost/pause:1"
  restrict_oom_score_adj = true
  disable_apparmor = true
  [plugins."io.containerd.grpc.v1.cri".cni]
    bin_dir = "/usr/lib/cni"
    conf_dir = "{folder}/network"
"""
# podLogsDir: each kubelet removes what is not of its own pods.
KUBELET = """apiVersion: kubelet.config.k8s.io/v1beta1
kind: KubeletConfiguration
address: {address}
authentication: {{anonymous: {{enabled: true}}, webhook: {{enabled: false}}}}
authorization: {{mode: AlwaysAllow}}
cgroupDriver: cgroupfs
cgroupRoot: /{group}
clusterDNS: [{control}]
clusterDomain: {domain}
containerRuntimeEndpoint: unix://{folder}/containerd.sock
enforceNodeAllocatable: []
evictionHard: {{memory.available: 100Mi, nodefs.available: 1%, imagefs.available: 1%}}
failCgroupV1: false
failSwapOn: false
healthzPort: 0
imageGCHighThresholdPercent: 100
maxOpenFiles: 20000
oomScoreAdj: 0
podLogsDir: {logs}
resolvConf: ""
"""
COREDNS = f""".:53 {{
  bind {CONTROL}
  errors
  kubernetes {DOMAIN} in-addr.arpa {{
    endpoint https://{CONTROL}:6443
    kubeconfig {FOLDER}/kubeconfig
    ttl 1
  }}
}}
"""


def run(*command, **options):
    """The command's output. Error: subprocess.CalledProcessError, which has what it said."""
    return subprocess.run(command, check=True, text=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **options).stdout


def write(path, text):
    os.makedirs(os.path.dirname(path), exist_ok=True)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)


def wait_for(condition, seconds, what):
    """Returns the condition's first value that is true. Error: TimeoutError."""
    end = time.monotonic() + seconds
    while True:
        value = condition()
        if value:
            return value
        if time.monotonic() > end:
            raise TimeoutError(f"{what}: not in {seconds} s")
        time.sleep(0.1)


def network(number):
    """The CNI configuration of a node: its pods are on a bridge of their own."""
    ranges = [[{"subnet": f"10.244.{number}.0/24"}]]
    return json.dumps({"cniVersion": "0.4.0", "name": "pods", "plugins": [
        {"type": "bridge", "bridge": f"pods{number}", "isGateway": True, "isDefaultGateway": True,
         "hairpinMode": True,
         "ipam": {"type": "host-local", "dataDir": f"{FOLDER}/addresses", "ranges": ranges}}]})


def disk(name, storage_class, path):
    """A volume that every node reaches, as a disk in the network."""
    anywhere = {"matchExpressions": [{"key": "kubernetes.io/os", "operator": "Exists"}]}
    return {"apiVersion": "v1", "kind": "PersistentVolume", "metadata": {"name": name},
            "spec": {"capacity": {"storage": "2Gi"}, "accessModes": ["ReadWriteOnce"],
                     "persistentVolumeReclaimPolicy": "Retain", "storageClassName": storage_class,
                     "local": {"path": path},
                     "nodeAffinity": {"required": {"nodeSelectorTerms": [anywhere]}}}}


def storage_class(name, default=False):
    chosen = {"storageclass.kubernetes.io/is-default-class": str(default).lower()}
    return {"apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
            "metadata": {"name": name, "annotations": chosen},
            "provisioner": "kubernetes.io/no-provisioner",
            "volumeBindingMode": "WaitForFirstConsumer"}


class Cluster:
    """programs: the folder of Kubernetes' programs; tools: that of kubectl and helm; groups: how
    the names of its control groups begin; images: archives that every node is to have."""

    def __init__(self, programs, tools, groups, images):
        self.programs, self.tools, self.groups, self.images = programs, tools, groups, images
        self.kubeconfig = f"{FOLDER}/kubeconfig"

    def start(self, nodes):
        write(self.kubeconfig, KUBECONFIG)
        run("ip", "link", "set", "lo", "up")
        run("ip", "link", "add", "nodes", "type", "bridge")
        run("ip", "address", "add", f"{CONTROL}/24", "dev", "nodes")
        run("ip", "link", "set", "nodes", "up")
        run("ip", "route", "add", "default", "via", "10.99.0.2", "dev", "nodes")
        write("/proc/sys/net/ipv4/ip_forward", "1")
        self._start_control()
        for number in range(nodes):
            self._start_containerd(number)
        for number in range(nodes):
            self._start_kubelet(number)
        self._start("kube-proxy", f"--kubeconfig={self.kubeconfig}", "--proxy-mode=iptables",
                    "--hostname-override=node-0", "--cluster-cidr=10.244.0.0/16",
                    f"--bind-address={CONTROL}", "--conntrack-max-per-core=0",
                    "--conntrack-tcp-timeout-established=0",
                    "--conntrack-tcp-timeout-close-wait=0")
        write(f"{FOLDER}/Corefile", COREDNS)
        self._start("coredns", "-conf", f"{FOLDER}/Corefile")
        wait_for(lambda: self.nodes_ready() == nodes, START_SECONDS_MAX, "nodes ready")
        self._add_disks()

    def kubectl(self, *arguments, **options):
        return run(os.path.join(self.tools, "kubectl"), "--kubeconfig", self.kubeconfig,
                   *arguments, **options)

    def helm(self, *arguments):
        return run(os.path.join(self.tools, "helm3"), "--kubeconfig", self.kubeconfig, *arguments)

    def get(self, *arguments):
        return json.loads(self.kubectl("get", *arguments, "--output", "json"))

    def apply(self, *objects):
        listed = json.dumps({"apiVersion": "v1", "kind": "List", "items": objects})
        self.kubectl("apply", "--server-side", "--filename", "-", input=listed)

    def nodes_ready(self):
        try:
            nodes = self.get("nodes")["items"]
        except subprocess.CalledProcessError:
            return 0
        return sum(condition["type"] == "Ready" and condition["status"] == "True"
                   for node in nodes for condition in node["status"]["conditions"])

    def tag(self, image, name):
        """Gives an image of every node another name."""
        for socket in self._sockets():
            run("ctr", "--address", socket, "--namespace", "k8s.io", "images", "tag", image, name)

    def _sockets(self):
        return [f"{FOLDER}/{name}/containerd.sock" for name in sorted(os.listdir(FOLDER))
                if name.startswith("node-")]

    def _start(self, program, *arguments, log=None):
        path = os.path.join(self.programs, program)
        if not os.path.exists(path):
            path = program
        os.makedirs(f"{FOLDER}/log", exist_ok=True)
        with open(f"{FOLDER}/log/{log or program}", "ab") as file:
            subprocess.Popen([path, *arguments], stdin=subprocess.DEVNULL, stdout=file,
                             stderr=subprocess.STDOUT, start_new_session=True)

    def _start_control(self):
        keys = f"{FOLDER}/keys"
        write(f"{keys}/tokens.csv", "admin,admin,admin,system:masters\n")
        run("openssl", "genrsa", "-out", f"{keys}/accounts.key", "2048")
        self._start("etcd", "--data-dir", f"{FOLDER}/etcd", "--unsafe-no-fsync")
        self._start("kube-apiserver", "--etcd-servers=http://127.0.0.1:2379",
                    f"--bind-address={CONTROL}", f"--advertise-address={CONTROL}",
                    f"--cert-dir={keys}", f"--token-auth-file={keys}/tokens.csv",
                    f"--service-account-key-file={keys}/accounts.key",
                    f"--service-account-signing-key-file={keys}/accounts.key",
                    "--service-account-issuer=https://cluster.test", "--authorization-mode=RBAC",
                    "--service-cluster-ip-range=10.96.0.0/16", "--allow-privileged=true",
                    "--kubelet-preferred-address-types=InternalIP")
        wait_for(self._answers, START_SECONDS_MAX, "the API server answers")
        self._start("kube-controller-manager", f"--kubeconfig={self.kubeconfig}",
                    f"--service-account-private-key-file={keys}/accounts.key",
                    "--leader-elect=false", "--bind-address=127.0.0.1")
        self._start("kube-scheduler", f"--kubeconfig={self.kubeconfig}", "--leader-elect=false",
                    "--bind-address=127.0.0.1")

    def _answers(self):
        try:
            return self.kubectl("get", "--raw", "/readyz") == "ok"
        except subprocess.CalledProcessError:
            return False

    def _start_containerd(self, number):
        folder = f"{FOLDER}/node-{number}"
        run("ip", "address", "add", f"10.99.0.{10 + number}/24", "dev", "nodes")
        write(f"{folder}/containerd.toml", CONTAINERD.format(folder=folder))
        write(f"{folder}/network/10-pods.conflist", network(number))
        self._start("containerd", "--config", f"{folder}/containerd.toml",
                    log=f"containerd-{number}")
        control = ("ctr", "--address", f"{folder}/containerd.sock", "--namespace", "k8s.io")
        wait_for(lambda: subprocess.run([*control, "version"], capture_output=True).returncode == 0,
                 START_SECONDS_MAX, "containerd answers")
        for image in self.images:
            run(*control, "images", "import", image)

    def _start_kubelet(self, number):
        folder, group = f"{FOLDER}/node-{number}", f"{self.groups}-{number}"
        make_control_group(group)
        write(f"{folder}/kubelet.yaml", KUBELET.format(
            address=f"10.99.0.{10 + number}", group=group, control=CONTROL, domain=DOMAIN,
            folder=folder, logs=f"{FOLDER}/pod-logs/{number}"))
        self._start("kubelet", f"--kubeconfig={self.kubeconfig}",
                    f"--config={folder}/kubelet.yaml", f"--hostname-override=node-{number}",
                    f"--node-ip=10.99.0.{10 + number}", f"--root-dir={folder}/kubelet",
                    f"--cert-dir={folder}/kubelet/pki", log=f"kubelet-{number}")

    def _add_disks(self):
        paths = [f"{FOLDER}/disks/{number}" for number in range(DISKS)]
        for path in paths:
            os.makedirs(path)
        self.apply(storage_class("disks", True), *(disk(f"disk-{number}", "disks", path)
                                                   for number, path in enumerate(paths)))


def hierarchies(*kinds):
    """The folders of the control groups: of version 1 ("cgroup"), one for each controller, or of
    version 2 ("cgroup2"). Empty: there are none."""
    with open("/proc/self/mounts", encoding="utf-8") as file:
        mounts = [line.split()[1:3] for line in file]
    return [path for path, kind in mounts if kind in kinds]


def make_control_group(name):
    for hierarchy in hierarchies("cgroup"):
        path = os.path.join(hierarchy, name)
        os.makedirs(path, exist_ok=True)
        for setting in ("cpuset.cpus", "cpuset.mems"):  # a new group has none
            if os.path.exists(os.path.join(path, setting)):
                with open(os.path.join(hierarchy, setting), encoding="utf-8") as file:
                    write(os.path.join(path, setting), file.read())


def remove_control_groups(prefix):
    for hierarchy in hierarchies("cgroup", "cgroup2"):  # runc makes some in both
        for name in os.listdir(hierarchy):
            if not name.startswith(prefix):
                continue
            for folder, _, _ in os.walk(os.path.join(hierarchy, name), topdown=False):
                wait_for(lambda path=folder: is_removed(path), GROUP_SECONDS_MAX, f"rmdir {folder}")


def is_removed(group):
    with contextlib.suppress(OSError):  # its last process is ending
        os.rmdir(group)
    return not os.path.exists(group)
