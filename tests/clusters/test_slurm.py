"""The recipe for Slurm, an array of tasks: one is killed and requeued. And which device is a task's."""
import os
import re
import shutil
import time
import unittest

from cluster import (COUNT, PACKAGE, ROOT, SWIFTSHADER, Folder, Killer, Rows, check, commands_rows, environment, lavapipe, recipe, say)
from slurm import Slurm

SECTION = "Slurm"
PHOTO = ROOT / "weights" / "photos" / "cat.jpg"


@unittest.skipUnless(os.geteuid() == 0, "slurmd starts tasks as root")
class ArrayOfTasks(unittest.TestCase):
    maxDiff = 2000

    @classmethod
    def setUpClass(cls):
        cls.slurm = cls.enterClassContext(Slurm())
        say(cls.slurm.ask("sinfo", "--version").strip())

    def submit(self, text, folder, *options, **variables):
        """Submits a job and returns its number."""
        script = folder / "job.sh"
        script.write_text(text)
        env = environment(**variables)
        return self.slurm.ask("sbatch", "--parsable", *options, script.name, folder=folder, env=env).strip()

    def wait(self, job, killer=None, limit=400):
        """Waits until all tasks have ended. Returns how often tasks were requeued, by their numbers."""
        began = shown = time.monotonic()
        requeued = {}
        while states := self.slurm.states(job):
            now = time.monotonic()
            if killer is not None:
                killer.look(os.getpid())
                told = self.slurm.ask("scontrol", "show", "job", job)
                for task, restarts in re.findall(r"ArrayTaskId=(\d+) .*?Restarts=(\d+)", told, re.DOTALL):
                    if restarts != "0" and int(task) not in requeued:
                        requeued[int(task)] = int(restarts)
                        # Slurm would let it wait for two minutes.
                        self.slurm.ask("scontrol", "update", f"JobId={job}_{task}", "StartTime=now")
            if now - shown > 5:
                shown = now
                say(f"slurm: {now - began:.0f} s, tasks {' '.join(states)}" + (f", {killer}" if killer else ""))
            if now - began > limit:
                raise AssertionError(f"the job did not end within {limit} s: {self.slurm.ask('scontrol', 'show', 'job', job)}")
            time.sleep(0.2)
        say(f"slurm: ended after {time.monotonic() - began:.1f} s" + (f", {killer}" if killer else ""))
        return requeued

    def test_a_task_killed_and_requeued(self):
        with Folder() as folder:
            killer = Killer(after=0.2 + COUNT / 4000)  # a quarter of a task
            requeued = self.wait(self.submit(recipe(SECTION), folder.path), killer)
            self.assertEqual(list(requeued.values()), [1], self.logs(folder))
            parts = sorted(folder.path.glob("part-*.csv"))
            self.assertEqual(len(parts), 4, self.logs(folder))
            check(self, Rows.of_csv(*parts), killer)
            log = (folder.path / f"label-{[*requeued][0]}.log").read_text()
            self.assertRegex(log, r"\d+ done earlier")
            # One row of each part in turn restores the order of the whole job.
            columns = [part.read_text().splitlines() for part in parts]
            rows = [column[i] for i in range(1, len(columns[0])) for column in columns if i < len(column)]
            self.assertEqual([columns[0][0], *rows], commands_rows().read_text().splitlines())

    def logs(self, folder):
        return "".join(f"\n{path.name}: {path.read_text()}" for path in sorted(folder.path.glob("*.log"))) + self.slurm.logs()

    @unittest.skipUnless(SWIFTSHADER.exists(), "needs two software drivers")
    def test_a_device_for_each_task(self):
        """Slurm numbers the GPUs; here two software devices stand for them."""
        name = "python3 -c 'import gfnet; print(gfnet.worker_device().name)'"
        with Folder() as folder:
            drivers = ":".join([lavapipe(), str(SWIFTSHADER)])
            variables = {"VK_DRIVER_FILES": drivers, "VK_ICD_FILENAMES": drivers, "PYTHONPATH": str(PACKAGE)}
            # Two tasks of an array that run at the same time have a GPU each.
            text = "#!/bin/bash\n" + recipe(SECTION, 1) + f"gfnet classify {PHOTO} 2>&1; sleep 5\n"
            self.wait(self.submit(text, folder.path, "--array=1-2", "--gres=gpu:1", "--output=array-%a.txt", **variables))
            printed = [(folder.path / f"array-{task}.txt").read_text() for task in (1, 2)]
            self.assertEqual(sorted("llvmpipe" in text for text in printed), [False, True], printed)
            self.assertEqual(sorted("SwiftShader" in text for text in printed), [False, True], printed)
            self.assertTrue(all(",cat," in text for text in printed), printed)
            # Two tasks of a step see both GPUs, and take one each.
            self.wait(self.submit(f"#!/bin/bash\nsrun --output=step-%t.txt {name}\n", folder.path, "--ntasks=2",
                                  "--gres=gpu:2", **variables))
            names = {(folder.path / f"step-{task}.txt").read_text() for task in (0, 1)}
            self.assertEqual(len(names), 2, names)


if __name__ == "__main__":
    if not shutil.which("slurmctld", path=f"{os.environ['PATH']}:/usr/sbin"):
        raise SystemExit("Slurm is not installed: apt install slurm-wlm munge")
    unittest.main()
