"""The checkpoint in the formats that the peers read, written below build/peers/models."""
import subprocess
from dataclasses import dataclass
from pathlib import Path

from environment import FOLDER, HERE, NotHere, last_line, own_interpreters, passes

SCRIPTS = HERE / "formats"


@dataclass(frozen=True)
class Format:
    """How a file is made: SCRIPTS / script --model FILE, then the arguments, then --output FILE.

    environment: the script needs that one's packages. ending: of the file's name. {precision} stands for fp32 or fp16.
    """
    script: str
    environment: str
    ending: str
    arguments: tuple = ()


SAFETENSORS = "safetensors"   # what the others are made from
FORMATS = {
    "onnx": Format("export_onnx.py", "onnxruntime", "matrices.{precision}.onnx",
                   ("--dft", "matrices", "--precision", "{precision}")),
    "onnx-dft": Format("export_onnx.py", "onnxruntime", "operator.{precision}.onnx",
                       ("--dft", "operator", "--precision", "{precision}")),
    "ncnn": Format("export_ncnn.py", "ncnn", "param"),
}


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
        self._folder, self._made = folder, set()

    def file(self, form, precision):
        """Path of the checkpoint in SAFETENSORS or one of FORMATS, written on first use. Throws NotHere."""
        if form == SAFETENSORS:
            return self.safetensors
        how = FORMATS[form]
        path = self._folder / f"{self.name}.{how.ending.format(precision=precision)}"
        if path not in self._made:
            _run(self.environments.interpreter(how.environment), how.script, "--model", self.safetensors,
                 *(argument.format(precision=precision) for argument in how.arguments), "--output", path)
            self._made.add(path)
        return path


def _any_torch(environments):
    for python in own_interpreters():
        if passes(python, "import numpy, torch"):
            return python
    return environments.interpreter("torch")


def _run(python, script, *arguments):
    done = subprocess.run([str(python), str(SCRIPTS / script), *map(str, arguments)], capture_output=True, text=True,
                          stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        model = next(argument for argument in arguments if not str(argument).startswith("--"))
        raise NotHere(f"{script} failed on {model}: {last_line(done.stderr)}")
