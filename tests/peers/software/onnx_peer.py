#!/usr/bin/env python3
"""ONNX Runtime as a peer: onnx_peer.py --provider cpu|cuda|webgpu; see worker.py.

The model is a file of export_onnx.py, which fixes its precision. As in the engine's own timing, the CUDA
provider has the batch on the device and leaves the logits in host memory. With the other providers,
both are in host memory.
"""
import argparse
import importlib.metadata
import os

import numpy as np
import onnxruntime

import worker

PROVIDERS = {
    "cpu": "CPUExecutionProvider", "cuda": "CUDAExecutionProvider", "webgpu": "WebGpuExecutionProvider"}


def provider_options(provider, precision):
    # No TF32 in single precision.
    if provider == "cuda":
        return {"use_tf32": "0" if precision == "fp32" else "1"}
    return {}


def add_webgpu(options):
    """Adds the WebGPU provider, which is a plugin, to a session's options. Returns the plugin's version."""
    import onnxruntime_ep_webgpu as plugin
    # Without a GPU the engine runs on a software driver, so the plugin may use one too.
    os.environ["ORT_WEBGPU_EP_ALLOW_SOFTWARE_ADAPTER"] = "1"
    onnxruntime.register_execution_provider_library("webgpu", plugin.get_library_path())
    devices = [device for device in onnxruntime.get_ep_devices() if device.ep_name == plugin.get_ep_name()]
    if not devices:
        raise RuntimeError("the WebGPU plugin found no device")
    options.add_provider_for_devices(devices[:1], {})
    return importlib.metadata.version("onnxruntime-ep-webgpu")


class OnnxPeer:
    def __init__(self, provider):
        self.provider = provider
        self.session = None

    def load(self, model, precision, threads):
        name = PROVIDERS[self.provider]
        if self.provider != "webgpu" and name not in onnxruntime.get_available_providers():
            raise RuntimeError(f"this ONNX Runtime has no {name}")
        if self.provider == "cuda":
            onnxruntime.preload_dlls()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = threads
        options.log_severity_level = 3
        # Its threads must not spin while another peer is timed.
        options.add_session_config_entry("session.force_spinning_stop", "1")
        versions = {"onnxruntime": onnxruntime.__version__}
        if self.provider == "webgpu":
            versions["plugin"] = add_webgpu(options)
            self.session = onnxruntime.InferenceSession(model, options)
        else:
            self.session = onnxruntime.InferenceSession(
                model, options, providers=[(name, provider_options(self.provider, precision))])
        # ONNX Runtime continues without a provider that cannot start.
        if self.session.get_providers()[0] != name:
            raise RuntimeError(f"{name} did not start")
        return {"versions": versions}

    def prepare(self, images):
        images = np.ascontiguousarray(images, np.float32)
        if self.provider == "cuda":
            return self._bound(images)
        result = {}

        def run():
            result["logits"] = self.session.run(["logits"], {"images": images})[0]

        return worker.Prepared(run, lambda: result["logits"])

    def _bound(self, images):
        binding = self.session.io_binding()
        binding.bind_ortvalue_input("images", onnxruntime.OrtValue.ortvalue_from_numpy(images, "cuda", 0))
        binding.bind_output("logits", "cpu")

        def run():
            self.session.run_with_iobinding(binding)
            binding.synchronize_outputs()

        return worker.Prepared(run, lambda: binding.copy_outputs_to_cpu()[0])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--provider", choices=PROVIDERS, required=True)
    worker.serve(OnnxPeer(parser.parse_args().provider))


if __name__ == "__main__":
    main()
