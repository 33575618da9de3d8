"""The checkpoint in the formats that the peers read, written below build/peers/models."""
import subprocess
from pathlib import Path

from environment import FOLDER, HERE, NotHere, last_line, own_interpreters, passes


class Models:
    """source: a safetensors or PyTorch file, or a published name for random weights.

    Throws NotHere if the source needs PyTorch and there is none.
    """

    def __init__(self, source, environments, folder=FOLDER / "models"):
        self.environments = environments
        self.name = Path(source).stem
        folder.mkdir(parents=True, exist_ok=True)
        if str(source).endswith(".safetensors"):
            self.safetensors = Path(source).resolve()
        else:
            self.safetensors = folder / f"{self.name}.safetensors"
            _run(_any_torch(environments), "checkpoint.py", source, self.safetensors)
        self._folder, self._made = folder, {}

    def onnx(self, filters, precision):
        """Path of the ONNX file, written on first use. filters, precision: see export_onnx.py. Throws NotHere."""
        key = (filters, precision)
        if key not in self._made:
            path = self._folder / f"{self.name}.{filters}.{precision}.onnx"
            _run(self.environments.interpreter("onnxruntime"), "export_onnx.py", "--model", self.safetensors,
                 "--dft", filters, "--precision", precision, "--output", path)
            self._made[key] = path
        return self._made[key]


def _any_torch(environments):
    for python in own_interpreters():
        if passes(python, "import numpy, torch"):
            return python
    return environments.interpreter("torch")


def _run(python, script, *arguments):
    done = subprocess.run([str(python), str(HERE / script), *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        model = next(argument for argument in arguments if not str(argument).startswith("--"))
        raise NotHere(f"{script} failed on {model}: {last_line(done.stderr)}")
