"""Python interpreters with the peers' packages: virtual environments below build/peers.

Each software has its own, since not all can be installed side by side: ONNX Runtime's builds share one module name,
and LiteRT's converter needs an older PyTorch. pip uses the index of the user's settings. A PyTorch already on the
machine is preferred if it finds a GPU. If a package cannot be installed, the machine's Python is used if it has the
package; otherwise NotHere is raised.
"""
import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
FOLDER = ROOT / "build" / "peers"
REQUIREMENTS = HERE / "requirements.txt"

# What pip installs. The versions are in requirements.txt, or here where two environments need different ones.
PACKAGES = {
    "numpy": ("numpy",),
    "torch": ("torch==2.15.0", "numpy", "pillow"),
    "opencv": ("opencv-python-headless", "numpy"),
    "onnxruntime": ("onnxruntime", "onnx", "numpy"),
    "onnxruntime-gpu": ("onnxruntime-gpu[cuda,cudnn]", "numpy"),
    "onnxruntime-webgpu": ("onnxruntime", "onnxruntime-ep-webgpu", "numpy"),
    "openvino": ("openvino", "numpy"),
    "ncnn": ("ncnn", "numpy"),
    "iree": ("iree-base-compiler", "iree-base-runtime", "onnx", "numpy"),
    "litert": ("litert-torch", "ai-edge-litert", "torch==2.14.1", "numpy"),
}
# Code that must run without an error in the interpreter of an environment.
PROBES = {
    "numpy": "import numpy",
    "torch": "import numpy, torch, PIL",
    "opencv": "import cv2, numpy",
    "onnxruntime": "import numpy, onnx, onnxruntime",
    "onnxruntime-gpu": "import numpy, onnxruntime as o; assert 'CUDAExecutionProvider' in o.get_available_providers()",
    "onnxruntime-webgpu": "import numpy, onnxruntime, onnxruntime_ep_webgpu",
    "openvino": "import numpy, openvino",
    "ncnn": "import numpy, ncnn",
    "iree": "import numpy, onnx, iree.compiler, iree.runtime",
    "litert": "import numpy, torch, litert_torch, ai_edge_litert",
}
CUDA_PROBE = "import numpy, torch; assert torch.cuda.is_available()"
ROOM_BYTES = {"torch": 9 << 30, "onnxruntime-gpu": 6 << 30, "litert": 9 << 30}


class NotHere(Exception):
    """Why a peer cannot run on this machine, in one line."""


def last_line(text):
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    return lines[-1] if lines else "no message"


def passes(python, probe):
    try:
        return subprocess.run([str(python), "-c", probe], capture_output=True, timeout=300,
                              stdin=subprocess.DEVNULL, check=False).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def own_interpreters():
    """Paths of the Pythons already on the machine, the running one first."""
    found = [sys.executable, shutil.which("python3"), "/usr/bin/python3"]
    return list(dict.fromkeys(path for path in found if path and Path(path).exists()))


def _recipe(name):
    """What an environment is made from, as text."""
    return "".join(f"{package}\n" for package in PACKAGES[name]) + REQUIREMENTS.read_text()


def _is_current(name):
    try:
        return (FOLDER / name / "recipe.txt").read_text() == _recipe(name)
    except OSError:
        return False


def _create(name, say):
    """Creates a virtual environment with the packages of PACKAGES[name]. Returns its interpreter's path.

    say: shows progress. Throws NotHere.
    """
    folder = FOLDER / name
    FOLDER.mkdir(parents=True, exist_ok=True)
    free = shutil.disk_usage(FOLDER).free
    if free < ROOM_BYTES.get(name, 1 << 30):
        raise NotHere(f"not enough disk space to install it: {free >> 30} GiB free")
    say(f"installing {', '.join(PACKAGES[name])} into build/peers/{name}")
    shutil.rmtree(folder, ignore_errors=True)
    python = folder / "bin" / "python"
    pip = [str(python), "-m", "pip", "install", "--quiet", "--retries", "1", "--disable-pip-version-check",
           "--constraint", str(REQUIREMENTS), *PACKAGES[name]]
    for step, command in (("python3 -m venv", [sys.executable, "-m", "venv", str(folder)]), ("pip", pip)):
        done = subprocess.run(command, capture_output=True, text=True, stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            shutil.rmtree(folder, ignore_errors=True)
            raise NotHere(f"{step} failed: {last_line(done.stderr or done.stdout)}")
    (folder / "recipe.txt").write_text(_recipe(name))
    return python


class Environments:
    """Finds or creates each environment once. say: shows progress; install: whether pip may run."""

    def __init__(self, say=print, install=True):
        self._say, self._install = say, install
        self._found = {}

    def interpreter(self, name):
        """Path of a Python with the packages of PACKAGES[name]. Throws NotHere."""
        if name not in self._found:
            try:
                self._found[name] = str(self._find(name))
            except NotHere as error:
                self._found[name] = error
        if isinstance(self._found[name], NotHere):
            raise self._found[name]
        return self._found[name]

    def _find(self, name):
        if name == "torch":
            for python in own_interpreters():
                if passes(python, CUDA_PROBE):
                    return python
        own = FOLDER / name / "bin" / "python"
        if _is_current(name) and passes(own, PROBES[name]):
            return own
        reason = f"no environment with {name}, and installing is disabled"
        if self._install:
            try:
                own = _create(name, self._say)
                if passes(own, PROBES[name]):
                    return own
                reason = f"{name} is installed but does not load"
            except NotHere as error:
                reason = str(error)
        for python in own_interpreters():
            if passes(python, PROBES[name]):
                return python
        raise NotHere(reason)


def restart_with_numpy():
    """Restarts the running script in a Python with numpy if this one has none. Exits with a message if no
    such Python can be found or created."""
    if importlib.util.find_spec("numpy"):
        return
    for python in own_interpreters():
        if passes(python, PROBES["numpy"]):
            break
    else:
        try:
            python = Environments(lambda text: print(text, file=sys.stderr),
                                  "--no-install" not in sys.argv).interpreter("numpy")
        except NotHere as reason:
            sys.exit(f"{Path(sys.argv[0]).name}: numpy: {reason}")
    os.execv(python, [str(python), *sys.argv])
