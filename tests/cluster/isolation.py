"""Runs a program in network, mount and process namespaces of its own, where it can start a cluster
without a trace: when it ends, all processes that it has started end, and its mounts are gone."""
import os
import signal
import subprocess
import sys

import kubernetes


def reason_against():
    """Why no cluster can run here; None if one can."""
    if os.geteuid() != 0:
        return "needs root"
    if not kubernetes.hierarchies("cgroup"):
        return "needs control groups of version 1, and finds none"
    if subprocess.run(["unshare", "--net", "--mount", "--pid", "--fork", "true"],
                      capture_output=True).returncode != 0:
        return "may not make namespaces"
    group = os.path.join(kubernetes.hierarchies("cgroup")[0], f"bellwether-try-{os.getpid()}")
    try:
        os.mkdir(group)
        os.rmdir(group)
    except OSError as error:
        return f"may not make control groups: {error}"
    return None


def run(folder, *command):
    """Returns the exit status. Within, `folder` is kubernetes.FOLDER."""
    process = subprocess.Popen(
        ["setpriv", "--pdeathsig", "KILL", "unshare", "--net", "--mount", "--pid", "--fork",
         "--kill-child", "--mount-proc", sys.executable, os.path.abspath(__file__), folder,
         *command], start_new_session=True)
    try:
        return process.wait()
    except BaseException:
        with open(f"/proc/{process.pid}/task/{process.pid}/children", encoding="ascii") as file:
            for first in file.read().split():  # with it all others in the namespace end
                os.kill(int(first), signal.SIGKILL)
        process.wait()
        raise


def prepare(folder):
    """Gives the programs' fixed folders places that are theirs alone."""
    os.makedirs("/var/lib/cni", exist_ok=True)
    handle = os.open(folder, os.O_PATH)  # it may be in /run, which is hidden next
    for path in ("/run", "/var/lib/cni"):
        subprocess.run(["mount", "-t", "tmpfs", "tmpfs", path], check=True)
    os.mkdir(kubernetes.FOLDER)
    subprocess.run(["mount", "--bind", f"/proc/self/fd/{handle}", kubernetes.FOLDER], check=True,
                   pass_fds=[handle])
    os.close(handle)
    os.makedirs(f"{kubernetes.FOLDER}/pod-logs", exist_ok=True)
    subprocess.run(["mount", "--bind", f"{kubernetes.FOLDER}/pod-logs", "/var/log"], check=True)


def main(folder, *command):
    """As process 1: starts the command and buries the processes that nobody waits for."""
    prepare(folder)
    command = subprocess.Popen(command)
    while True:
        pid, status = os.wait()
        if pid == command.pid:
            return os.waitstatus_to_exitcode(status) & 0xFF


if __name__ == "__main__":
    os._exit(main(*sys.argv[1:]))  # without waiting for what still runs
