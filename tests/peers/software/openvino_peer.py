#!/usr/bin/env python3
"""OpenVINO on the CPU as a peer: openvino_peer.py --hint f32|none; see worker.py.

The model is a file of export_onnx.py. Without a hint, OpenVINO takes the type that is fastest on the processor, which
may be a narrower one. The precision in the report is not the hint, but what the compiled network says of its layers.
"""
import argparse

import numpy as np
import openvino

import worker

# Widest first. Only layers of arithmetic count: others have types of integers, or keep what they are given.
PRECISIONS = {"f32": "fp32", "f16": "fp16", "bf16": "bf16"}
ARITHMETIC = ("FullyConnected", "MatMul", "Convolution")


def narrowest_precision(compiled):
    """The narrowest type in which a compiled network's matrix products run. RuntimeError if none is of PRECISIONS."""
    layers = [node.get_rt_info() for node in compiled.get_runtime_model().get_ops()]
    used = {layer["runtimePrecision"].value for layer in layers if layer["layerType"].value in ARITHMETIC}
    found = [name for kind, name in PRECISIONS.items() if kind in used]
    if not found or used - set(PRECISIONS):
        raise RuntimeError(f"matrix products in {', '.join(sorted(used)) or 'no'} precision")
    return found[-1]


class OpenvinoPeer:
    def __init__(self, hint):
        self.properties = {} if hint == "none" else {"INFERENCE_PRECISION_HINT": hint}
        self.model = None

    def load(self, model, precision, threads):
        self.properties["INFERENCE_NUM_THREADS"] = threads
        self.model = openvino.Core().read_model(model)
        return {"versions": {"openvino": openvino.__version__.split("-")[0]}}

    def prepare(self, images):
        images = np.ascontiguousarray(images, np.float32)
        self.model.reshape(list(images.shape))
        compiled = openvino.Core().compile_model(self.model, "CPU", self.properties)
        request = compiled.create_infer_request()
        request.set_input_tensor(openvino.Tensor(images))
        return worker.Prepared(request.infer, lambda: request.get_output_tensor().data,
                               {"precision": narrowest_precision(compiled)})


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--hint", choices=("f32", "none"), required=True)
    worker.serve(OpenvinoPeer(parser.parse_args().hint))


if __name__ == "__main__":
    main()
