#!/usr/bin/env python3
"""LiteRT (formerly TensorFlow Lite) on the CPU as a peer: litert_peer.py; see worker.py.

The network is converted for the batch in hand, from PyTorch, with the transform as matrices. XNNPACK runs it.
"""
import importlib.metadata
import sys
import tempfile
from pathlib import Path

import litert_torch
import numpy as np
import torch
from ai_edge_litert.interpreter import Interpreter

import worker

sys.path[:0] = [str(worker.ROOT / "weights"), str(worker.FORMATS)]
import safetensors_io  # noqa: E402
import traced_network  # noqa: E402


class LitertPeer:
    def __init__(self):
        self.network, self.threads = None, None

    def load(self, model, precision, threads):
        self.network = traced_network.TracedNetwork(safetensors_io.load(model)[0]).eval()
        self.threads = threads
        return {"versions": {"ai-edge-litert": importlib.metadata.version("ai-edge-litert"),
                             "litert-torch": importlib.metadata.version("litert-torch")}}

    def prepare(self, images):
        images = np.ascontiguousarray(images, np.float32)
        converted = litert_torch.convert(self.network, (torch.from_numpy(images),))
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "network.tflite"
            converted.export(str(path))
            interpreter = Interpreter(model_content=path.read_bytes(), num_threads=self.threads)
        interpreter.allocate_tensors()
        taken, given = interpreter.get_input_details()[0]["index"], interpreter.get_output_details()[0]["index"]

        def run():
            interpreter.set_tensor(taken, images)
            interpreter.invoke()

        return worker.Prepared(run, lambda: interpreter.get_tensor(given))


if __name__ == "__main__":
    worker.serve(LitertPeer())
