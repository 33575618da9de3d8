"""Ctrl-C ends a long call at once, and the process soon after."""
import os
import signal
import subprocess
import sys
import time
import unittest

from package import BUILT, MODEL, PHOTOS, gfnet, main

# Says when the long call begins, and whether it was interrupted.
LONG_CALL = """
import sys, time
import gfnet
classify = gfnet.Classifier(sys.argv[1])
classify(sys.argv[2])
print("begin", flush=True)
try:
    classify([sys.argv[2]] * 100_000)
except KeyboardInterrupt:
    print("interrupted", flush=True)
    classify(sys.argv[2])
    print("goes on", flush=True)
"""


class Interrupts(unittest.TestCase):
    def start(self, text, *arguments):
        process = subprocess.Popen([sys.executable, "-B", "-c", text, *map(str, arguments)], stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True, env={**os.environ, "PYTHONPATH": str(BUILT)})
        self.addCleanup(process.communicate)
        self.addCleanup(process.kill)
        return process

    def test_a_long_call(self):
        process = self.start(LONG_CALL, MODEL, PHOTOS[0])
        self.assertEqual(process.stdout.readline(), "begin\n")
        time.sleep(0.5)
        begin = time.monotonic()
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.stdout.readline(), "interrupted\n")
        self.assertLess(time.monotonic() - begin, 5)
        self.assertEqual(process.stdout.readline(), "goes on\n")
        self.assertEqual((process.wait(60), process.stderr.read()), (0, ""))

    def test_the_traceback_of_a_program_that_does_not_care(self):
        process = self.start(LONG_CALL.replace("except KeyboardInterrupt", "except ZeroDivisionError"), MODEL, PHOTOS[0])
        self.assertEqual(process.stdout.readline(), "begin\n")
        time.sleep(0.2)
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", process.stderr.read())

    def test_daemon_threads_at_the_end(self):
        """Python ends a daemon thread when it asks for the GIL, which must not happen in a call."""
        text = ("import sys, threading, time, gfnet\n"
                "classify = gfnet.Classifier(sys.argv[1])\n"
                "classify(sys.argv[2])\n"
                "def again(work):\n"
                "    while True: work()\n"
                "for work in (lambda: classify([sys.argv[2]] * 50), lambda: gfnet.Model(sys.argv[1]), gfnet.devices,\n"
                "             lambda: gfnet.Classifier(sys.argv[1])):\n"
                "    threading.Thread(target=again, args=[work], daemon=True).start()\n"
                "time.sleep(float(sys.argv[3]))\n"
                "sys.exit(7)\n")
        for seconds in (0.02, 0.3, 0.7):
            process = self.start(text, MODEL, PHOTOS[0], seconds)
            self.assertEqual((process.wait(60), process.stderr.read()), (7, ""))

    def test_a_check_ends_with_its_kernel(self):
        process = self.start("import sys, gfnet\nprint('begin', flush=True)\ngfnet.check(model=sys.argv[1])\n", MODEL)
        self.assertEqual(process.stdout.readline(), "begin\n")
        time.sleep(4)  # a check of all kernels takes minutes
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(60), -signal.SIGINT)
        self.assertIn("KeyboardInterrupt", process.stderr.read())

    def test_other_handlers_run_during_a_call(self):
        seen = []
        earlier = signal.signal(signal.SIGALRM, lambda *_: seen.append(1))
        try:
            signal.setitimer(signal.ITIMER_REAL, 0.05, 0.05)
            gfnet.Classifier(MODEL)([PHOTOS[0]] * 60)
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, earlier)
        self.assertGreater(len(seen), 0)


if __name__ == "__main__":
    main()
