#!/usr/bin/env python3
"""IREE as a peer: iree_peer.py --target cpu|vulkan; see worker.py.

The model is a file of export_onnx.py. It is compiled for the batch in hand. For Vulkan the target is a profile that
names no GPU: code for a certain GPU relies on the size of its subgroups, and on llvmpipe its logits are wrong.
"""
import argparse
import importlib.metadata
import subprocess
import sys
import tempfile
from pathlib import Path

import iree.runtime
import numpy as np
import onnx

import worker

DRIVERS = {"cpu": "local-task", "vulkan": "vulkan"}
COMPILER_OPTIONS = {
    "cpu": ("--iree-hal-target-device=local", "--iree-hal-local-target-device-backends=llvm-cpu",
            "--iree-llvmcpu-target-cpu=host"),
    "vulkan": ("--iree-hal-target-device=vulkan", "--iree-vulkan-target=vp_android_baseline_2022"),
}
GRAPH = "gfnet"   # the name that export_onnx.py gives the graph
PARAMETERS = "model"


def program(name, *arguments):
    """Runs a program of IREE's packages. Throws RuntimeError with its first message."""
    done = subprocess.run([str(Path(sys.executable).parent / name), *map(str, arguments)], capture_output=True,
                          text=True, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        message = next((line for line in lines if "error" in line.lower()), (lines or ["no message"])[-1])
        raise RuntimeError(f"{name}: {message}")


def compile_for(batch, model, options, folder):
    """Paths of the compiled network and of its weights, in `folder`. model: ONNX with any batch size."""
    graph = onnx.load(model)
    for value in (*graph.graph.input, *graph.graph.output):
        value.type.tensor_type.shape.dim[0].dim_value = batch
    fixed, code, compiled, weights = (folder / name for name in ("fixed.onnx", "network.mlir", "network.vmfb",
                                                                 "weights.irpa"))
    onnx.save(graph, fixed)
    program("iree-import-onnx", fixed, "-o", code, "--externalize-params", "--params-scope", PARAMETERS,
            "--save-params-to", weights)
    program("iree-compile", code, "-o", compiled, *options)
    return compiled, weights


class IreePeer:
    def __init__(self, target):
        self.target = target
        self.model = None
        self.configuration = None

    def load(self, model, precision, threads):
        self.model = model
        self.configuration = iree.runtime.Config(DRIVERS[self.target])
        return {"versions": {"iree": importlib.metadata.version("iree-base-compiler")}}

    def prepare(self, images):
        images = np.ascontiguousarray(images, np.float32)
        with tempfile.TemporaryDirectory() as folder:
            function = self._function(*compile_for(len(images), self.model, COMPILER_OPTIONS[self.target],
                                                   Path(folder)))
        device = self.configuration.device
        batch = iree.runtime.asdevicearray(device, images)
        result = {}

        def run():
            result["logits"] = self._in_host_memory(function(batch))

        return worker.Prepared(run, lambda: result["logits"])

    def _function(self, compiled, weights):
        instance, device = self.configuration.vm_instance, self.configuration.device
        index = iree.runtime.ParameterIndex()
        index.load(str(weights))
        modules = iree.runtime.load_vm_modules(
            iree.runtime.create_io_parameters_module(instance, index.create_provider(scope=PARAMETERS)),
            iree.runtime.create_hal_module(instance, device),
            iree.runtime.VmModule.copy_buffer(instance, compiled.read_bytes()), config=self.configuration)
        return modules[-1][GRAPH]

    def _in_host_memory(self, array):
        """A copy through a buffer of the device's allocator.

        to_host() of IREE 3.13 has Vulkan import memory of NumPy's, which fails where it is not aligned to a page.
        """
        view, device = array._buffer_view, self.configuration.device
        source = view.get_buffer()
        buffer = device.allocator.allocate_buffer(
            memory_type=int(iree.runtime.MemoryType.HOST_LOCAL | iree.runtime.MemoryType.DEVICE_VISIBLE),
            allowed_usage=int(iree.runtime.BufferUsage.TRANSFER_TARGET | iree.runtime.BufferUsage.MAPPING_SCOPED),
            allocation_size=source.byte_length())
        semaphore = device.create_semaphore(0)
        start, end = (iree.runtime.HalFence.create_at(semaphore, value) for value in (0, 1))
        device.queue_copy(source, buffer, wait_semaphores=start, signal_semaphores=end)
        end.wait()
        return buffer.map().asarray(view.shape, np.dtype(np.float32)).copy()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--target", choices=DRIVERS, required=True)
    worker.serve(IreePeer(parser.parse_args().target))


if __name__ == "__main__":
    main()
