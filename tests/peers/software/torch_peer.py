#!/usr/bin/env python3
"""PyTorch as a peer: torch_peer.py --device cpu|cuda --mode eager|compile|graph|MODE; see worker.py.

compile: torch.compile with its defaults. graph: one CUDA graph of the eager network. MODE: a mode of
torch.compile. As in the engine's own timing, on a GPU the batch is already on the device and the time
ends with the logits in host memory.
"""
import argparse
import sys

import numpy as np
import torch

import worker

sys.path.insert(0, str(worker.ROOT / "weights"))
import gfnet  # noqa: E402
import safetensors_io  # noqa: E402


class HalfAroundFloat(torch.nn.Module):
    """The global filter of a half-precision network. Its transforms and weights are in single precision."""

    def __init__(self, inner):
        super().__init__()
        self.inner = inner

    def forward(self, x):
        return self.inner(x).to(x.dtype)


def to_half(model):
    for name, parameter in model.named_parameters():
        if not name.endswith("complex_weight"):
            parameter.data = parameter.data.half()
    for module in list(model.modules()):
        if isinstance(module, gfnet.Block):
            module.filter = HalfAroundFloat(module.filter)
    return model


class TorchPeer:
    def __init__(self, device, mode):
        self.device, self.mode = device, mode
        self.model = None
        self.dtype = torch.float32

    def load(self, model, precision, threads):
        torch.set_num_threads(threads)
        if self.device == "cuda" and not torch.cuda.is_available():
            raise RuntimeError("this PyTorch finds no CUDA device")
        torch.backends.cudnn.allow_tf32 = precision != "fp32"  # on by default, for convolutions
        if self.mode not in ("eager", "graph") and not hasattr(torch, "compile"):
            raise RuntimeError(f"PyTorch {torch.__version__} has no torch.compile")
        tensors, _ = safetensors_io.load(model)
        network = gfnet.from_state_dict({name: torch.from_numpy(value) for name, value in tensors.items()})
        if precision == "fp16":
            network, self.dtype = to_half(network), torch.float16
        self.model = network.to(self.device).eval()
        facts = {"versions": {"torch": torch.__version__}}
        if self.device == "cuda":
            facts["device"] = torch.cuda.get_device_name()
            facts["versions"]["cuda"] = torch.version.cuda
        return facts

    def prepare(self, images):
        with torch.inference_mode():
            batch = torch.from_numpy(np.ascontiguousarray(images)).to(self.device, self.dtype)
            forward = {"eager": self._eager, "graph": self._graph}.get(self.mode, self._compiled)(batch)
        result = {}

        def run():
            with torch.inference_mode():
                result["logits"] = forward().cpu()  # waits for the device

        return worker.Prepared(run, lambda: result["logits"].float().numpy())

    def _eager(self, batch):
        return lambda: self.model(batch)

    def _compiled(self, batch):
        torch._dynamo.reset()  # compile for the shape of this batch only
        mode = None if self.mode == "compile" else self.mode
        compiled = torch.compile(self.model, mode=mode, dynamic=False)
        return lambda: compiled(batch)

    def _graph(self, batch):
        side = torch.cuda.Stream()  # the libraries' handles and plans must exist before the capture
        side.wait_stream(torch.cuda.current_stream())
        with torch.cuda.stream(side):
            for _ in range(3):
                self.model(batch)
        torch.cuda.synchronize()
        graph = torch.cuda.CUDAGraph()
        with torch.cuda.graph(graph):
            logits = self.model(batch)

        def forward():
            graph.replay()
            return logits

        return forward


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--device", choices=("cpu", "cuda"), required=True)
    parser.add_argument("--mode", default="eager")
    options = parser.parse_args()
    worker.serve(TorchPeer(options.device, options.mode))


if __name__ == "__main__":
    main()
