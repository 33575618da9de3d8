"""A Slurm of one machine, in a folder of its own: munged, slurmctld and slurmd, as root. It touches no other Slurm."""
import os
import shutil
import socket
import subprocess
import tempfile
import time
from pathlib import Path

import cluster

GPUS = ["/dev/null", "/dev/zero"]  # any two device files: Slurm only numbers them


class Slurm:
    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="gfnet-slurm-"))
        self.folder.chmod(0o755)
        self.programs = []
        self.environment = {"SLURM_CONF": str(self.folder / "slurm.conf")}

    def __enter__(self):
        try:
            self._write_files()
            self._start("munged", "--foreground", "--force", f"--key-file={self.folder}/munge.key",
                        f"--socket={self.folder}/munge.socket", f"--pid-file={self.folder}/munged.pid",
                        f"--seed-file={self.folder}/munge.seed", f"--log-file={self.folder}/munged.log")
            self._wait_for(lambda: (self.folder / "munge.socket").exists(), "munged")
            self._start("slurmctld", "-D", "-i")
            self._start("slurmd", "-D", "-N", "here")
            self._wait_for(lambda: "idle" in self.ask("sinfo", "-h", "-o", "%T"), "Slurm")
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        for program in reversed(self.programs):
            cluster.end(program)
        shutil.rmtree(self.folder, ignore_errors=True)

    def ask(self, *command, folder=None, env=None):
        """Runs one of Slurm's commands. Returns what it printed."""
        done = subprocess.run(command, cwd=folder, env={**(env or os.environ), **self.environment}, capture_output=True,
                              text=True, timeout=60)
        if done.returncode and command[0] != "sinfo":
            raise AssertionError(f"{' '.join(map(str, command))}: {done.stderr}{self.logs()}")
        return done.stdout

    def states(self, job):
        """The states of a job's tasks that have not ended."""
        return [state for number, state in map(str.split, self.ask("squeue", "-h", "-r", "-o", "%F %T").splitlines())
                if number == job]

    def logs(self):
        return "".join(f"\n{path.name}:\n{path.read_text()[-1500:]}" for path in sorted(self.folder.glob("*.log")))

    def _write_files(self):
        name = socket.gethostname()
        (self.folder / "munge.key").write_bytes(os.urandom(128))
        (self.folder / "munge.key").chmod(0o400)
        for part in ("state", "spool"):
            (self.folder / part).mkdir()
        ports = [free_port() for _ in range(2)]
        (self.folder / "gres.conf").write_text("".join(f"Name=gpu File={file}\n" for file in GPUS))
        (self.folder / "cgroup.conf").write_text("CgroupAutomount=no\n")
        (self.folder / "slurm.conf").write_text(f"""\
ClusterName=gfnet
SlurmctldHost={name}(127.0.0.1)
SlurmctldPort={ports[0]}
SlurmdPort={ports[1]}
AuthType=auth/munge
AuthInfo=socket={self.folder}/munge.socket
CredType=cred/munge
SlurmUser=root
StateSaveLocation={self.folder}/state
SlurmdSpoolDir={self.folder}/spool
SlurmctldPidFile={self.folder}/slurmctld.pid
SlurmdPidFile={self.folder}/slurmd.pid
SlurmctldLogFile={self.folder}/slurmctld.log
SlurmdLogFile={self.folder}/slurmd.log
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
MpiDefault=none
SwitchType=switch/none
ReturnToService=2
JobRequeue=1
SlurmdParameters=config_overrides
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
GresTypes=gpu
NodeName=here NodeHostname={name} NodeAddr=127.0.0.1 CPUs=4 Gres=gpu:{len(GPUS)}
PartitionName=all Nodes=here Default=YES
""")

    def _start(self, name, *arguments):
        program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
        with open(self.folder / f"{name}.out.log", "w") as output:
            self.programs.append(subprocess.Popen([program, *arguments], stdout=output, stderr=subprocess.STDOUT,
                                                  env={**os.environ, **self.environment}))

    def _wait_for(self, is_there, what):
        for _ in range(300):
            if is_there():
                return
            if any(program.poll() is not None for program in self.programs):
                break
            time.sleep(0.2)
        raise AssertionError(f"{what} did not start: {self.logs()}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]
