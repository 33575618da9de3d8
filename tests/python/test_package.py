"""What is in the package: one exported symbol, stubs that match, the command; what importing it does not do."""
import inspect
import os
import re
import signal
import subprocess
import sys
import time
import unittest
from pathlib import Path
from unittest import mock

from package import BUILT, MODEL, PHOTOS, ROOT, SCRATCH, classifier, gfnet, main, run_python

from gfnet import _gfnet, _files

PACKAGE = BUILT / "gfnet"


class Module(unittest.TestCase):
    def test_it_exports_one_symbol(self):
        listed = subprocess.run(["nm", "-D", "--defined-only", _gfnet.__file__], capture_output=True, text=True, check=True)
        self.assertEqual([line.split()[-1] for line in listed.stdout.splitlines()], ["PyInit__gfnet"])

    def test_it_does_not_link_vulkan_or_python(self):
        needed = subprocess.run(["readelf", "-d", _gfnet.__file__], capture_output=True, text=True, check=True).stdout
        self.assertIn("NEEDED", needed)
        self.assertNotRegex(needed, "NEEDED.*(vulkan|libpython)")

    def test_the_stub_has_what_the_module_has(self):
        stub = (PACKAGE / "_gfnet.pyi").read_text()
        names = set(re.findall(r"^(?:def|class) (\w+)", stub, re.MULTILINE)) | {"version"}
        self.assertEqual(names, {name for name in vars(_gfnet) if not name.startswith("_")})
        for kind in (_gfnet.Model, _gfnet.Session):
            body = re.search(rf"^class {kind.__name__}:\n((?:    .*\n|\n)*)", stub, re.MULTILINE)[1]
            listed = set(re.findall(r"def (\w+)", body)) - {"__init__"}
            self.assertEqual(listed, {name for name in vars(kind) if not name.startswith("_")})

    def test_the_version_is_the_projects(self):
        version = re.search(r"project\(gfnet VERSION ([\d.]+)", (ROOT / "CMakeLists.txt").read_text())[1]
        self.assertEqual(gfnet.__version__, version)


class Interface(unittest.TestCase):
    def test_everything_has_annotations_and_a_docstring(self):
        for name in gfnet.__all__:
            thing = getattr(gfnet, name)
            if name.startswith("__"):
                continue
            self.assertTrue(inspect.getdoc(thing), name)
            if inspect.isfunction(thing):
                self.assertIn("return", thing.__annotations__, name)
            elif not issubclass(thing, Exception):
                for member, function in inspect.getmembers(thing, inspect.isfunction):
                    if function.__module__.startswith("gfnet") and not member.startswith("_"):
                        self.assertIn("return", function.__annotations__, f"{name}.{member}")
                        self.assertTrue(inspect.getdoc(function), f"{name}.{member}")
        self.assertTrue((PACKAGE / "py.typed").is_file())

    def test_pil_and_torch_are_not_imported(self):
        done = run_python("import sys, gfnet\n"
                          "gfnet.Classifier(sys.argv[1])(sys.argv[2])\n"
                          "gfnet.Labeller(sys.argv[1])({'path': [sys.argv[2]]})\n"
                          "print([name for name in ('PIL', 'torch', 'pandas', 'pyarrow') if name in sys.modules])\n",
                          MODEL, ROOT / "weights/photos/cat.jpg")
        self.assertEqual((done.stdout, done.stderr), ("[]\n", ""))


class Command(unittest.TestCase):
    def test_python_m_gfnet_is_the_command(self):
        text = "import runpy, sys; sys.argv = ['gfnet', *sys.argv[1:]]; runpy.run_module('gfnet', run_name='__main__')"
        done = run_python(text, "classify", "--top", "1", ROOT / "weights/photos/cat.jpg", "nothing.jpg")
        self.assertEqual(done.returncode, 1)
        result = classifier()(ROOT / "weights/photos/cat.jpg")
        self.assertIn(f"cat.jpg,3,cat,{result.probability:.9g},\n", done.stdout)
        self.assertIn("gfnet: nothing.jpg: no such file", done.stderr)

    def test_it_starts_without_the_package(self):
        """numpy starts threads, which would receive the signals that are meant for the command."""
        program = _files.command()
        traced = subprocess.run([program[0], "-X", "importtime", *program[1:], "--version"], capture_output=True, text=True)
        self.assertTrue(traced.stdout.startswith(f"gfnet {gfnet.__version__}"), traced.stdout)
        self.assertRegex(traced.stderr, r"\| _gfnet\n")
        self.assertNotRegex(traced.stderr, r"\| +(numpy|site)\n")

    def test_an_output_that_nobody_reads_ends_it(self):
        """As it ends other programs: Python would ignore SIGPIPE, and Ctrl-C would raise an exception in Python."""
        reader, writer = os.pipe()
        os.close(reader)
        done = subprocess.run([*_files.command(), "info", MODEL], stdout=writer, stderr=subprocess.PIPE, text=True)
        os.close(writer)
        self.assertEqual((done.returncode, done.stderr), (-signal.SIGPIPE, ""))

    def test_without_stdout_and_stderr(self):
        output = SCRATCH / "without.csv"
        line = [sys.executable, "-m", "gfnet", "classify", "--model", str(MODEL), "--output", str(output), str(PHOTOS[0])]
        done = subprocess.run(["sh", "-c", '"$@" >&- 2>&-', "sh", *line], env={**os.environ, "PYTHONPATH": str(BUILT)})
        self.assertEqual(done.returncode, 0)
        self.assertEqual(len(output.read_text().splitlines()), 2)

    def test_ctrl_c_ends_it_in_order(self):
        program = [sys.executable, "-m", "gfnet", "classify", "--model", str(MODEL), "-"]
        with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "PYTHONPATH": str(BUILT)}) as process:
            details = Path("/proc") / str(process.pid)
            deadline = time.monotonic() + 60
            while b"_command.py" not in (details / "cmdline").read_bytes() or len(list((details / "task").iterdir())) < 2:
                self.assertLess(time.monotonic(), deadline, "the command has not started")
                time.sleep(0.02)
            process.send_signal(signal.SIGINT)
            _, errors = process.communicate(timeout=60)
        self.assertEqual(process.returncode, 130)
        self.assertIn("interrupted", errors)
        self.assertNotIn("KeyboardInterrupt", errors)

    def test_where_the_model_is(self):
        self.assertTrue(_files.bundled_model().is_file())


class Check(unittest.TestCase):
    def test_the_report(self):
        """A check of all kernels takes minutes on a software driver; tests/selfcheck has the check itself."""
        kernel = {"name": "linear 1", "label": "linear", "result": "right", "problems": 3, "worst": 0.5, "sizes": "1×1",
                  "seconds": 0.1, "cause": ""}
        found = (_gfnet.list_devices()[0], 3, [kernel, {**kernel, "label": "copy", "result": "wrong"}], False)
        with mock.patch.object(_gfnet, "check", return_value=found) as called:
            report = gfnet.check(model=MODEL, seed=3)
        device, model, seed = called.call_args.args
        self.assertEqual((device, type(model), seed), (os.environ.get("GFNET_DEVICE", ""), _gfnet.Model, 3))
        self.assertEqual((report.seed, report.all_right), (3, False))
        self.assertTrue(str(report).endswith(": 1 of 2 kernels are right\ncopy: wrong"), str(report))

    def test_no_such_device(self):
        with self.assertRaises(gfnet.NoDeviceError):
            gfnet.check("no such device")


if __name__ == "__main__":
    main()
