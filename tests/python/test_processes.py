"""A device cannot be used after a fork, and says so; processes that were not forked from a user of a device can share one."""
import os
import subprocess
import sys
import unittest

from package import BUILT, MODEL, PHOTOS, classifier, main, run_python

AFTER_FORK = """
import os, sys
import gfnet
classify = gfnet.Classifier(sys.argv[1])
classify(sys.argv[2])
sys.stdout.flush()
child = os.fork()
if child == 0:
    for use in (lambda: classify(sys.argv[2]), lambda: gfnet.Classifier(sys.argv[1]), gfnet.devices,
                lambda: gfnet.Labeller(sys.argv[1])({"path": []})):
        try:
            use()
        except RuntimeError as error:
            print(type(error).__name__, "spawn" in str(error), flush=True)
    print(len(gfnet.Model(sys.argv[1]).config["stages"]) > 0, flush=True)
    del classify
    sys.exit(7)
print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
classify(sys.argv[2])
"""

BEFORE_FORK = """
import os, sys
import gfnet
child = os.fork()
print(gfnet.Classifier(sys.argv[1])(sys.argv[2]).index, flush=True)
if child != 0:
    print("child", os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
"""

SPAWNED = """
import sys
import gfnet
sys.stdout.buffer.write(gfnet.Classifier(sys.argv[1]).logits(sys.argv[2]).tobytes())
"""


class Forks(unittest.TestCase):
    def test_after_the_first_use(self):
        done = run_python(AFTER_FORK, MODEL, PHOTOS[0])
        self.assertEqual((done.stdout.splitlines(), done.stderr, done.returncode),
                         (["ForkError True"] * 4 + ["True", "child 7"], "", 0))

    def test_before_the_first_use(self):
        done = run_python(BEFORE_FORK, MODEL, PHOTOS[0])
        index = str(classifier(MODEL)(PHOTOS[0]).index)
        self.assertEqual((sorted(done.stdout.splitlines()), done.stderr), (sorted([index, index, "child 0"]), ""))

    def test_processes_that_were_spawned(self):
        expected = classifier(MODEL).logits(PHOTOS[:2])
        running = [subprocess.Popen([sys.executable, "-B", "-c", SPAWNED, str(MODEL), str(path)], stdout=subprocess.PIPE,
                                    env={**os.environ, "PYTHONPATH": str(BUILT)}) for path in PHOTOS[:2]]
        for process, logits in zip(running, expected, strict=True):
            self.assertEqual(process.communicate(timeout=120)[0], logits.tobytes())


if __name__ == "__main__":
    main()
