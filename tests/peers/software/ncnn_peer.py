#!/usr/bin/env python3
"""ncnn on Vulkan as a peer: ncnn_peer.py; see worker.py.

The model is a file of export_ncnn.py. ncnn has no batches: the images are run one after the other. By default it stores
and adds in half precision; in single precision this is switched off.
"""
import importlib.metadata
from pathlib import Path

import ncnn
import numpy as np

import worker

HALF_PRECISION = ("use_fp16_packed", "use_fp16_storage", "use_fp16_arithmetic")
OTHER_PRECISIONS = ("use_bf16_packed", "use_bf16_storage")


class NcnnPeer:
    def __init__(self):
        self.net = ncnn.Net()

    def load(self, model, precision, threads):
        if ncnn.get_gpu_count() == 0:
            raise RuntimeError("ncnn found no Vulkan device")
        options = self.net.opt
        options.use_vulkan_compute = True
        options.num_threads = threads
        for name in HALF_PRECISION:
            setattr(options, name, precision == "fp16")
        for name in OTHER_PRECISIONS:
            setattr(options, name, False)
        device = ncnn.get_default_gpu_index()
        self.net.set_vulkan_device(device)
        if self.net.load_param(model) or self.net.load_model(str(Path(model).with_suffix(".bin"))):
            raise RuntimeError("ncnn does not read the model")
        on_cpu = sorted({layer.type for layer in self.net.layers() if not layer.support_vulkan})
        if on_cpu:
            raise RuntimeError(f"ncnn has no Vulkan code for {', '.join(on_cpu)}")
        return {"versions": {"ncnn": importlib.metadata.version("ncnn")},
                "device": ncnn.get_gpu_info(device).device_name()}

    def prepare(self, images):
        images = [ncnn.Mat(np.ascontiguousarray(image, np.float32)).clone() for image in images]
        logits = [None] * len(images)
        taken, given = self.net.input_names()[0], self.net.output_names()[0]

        def run():
            for index, image in enumerate(images):
                with self.net.create_extractor() as extractor:
                    extractor.input(taken, image)
                    status, output = extractor.extract(given)
                    if status:
                        raise RuntimeError(f"ncnn's extract returned {status}")
                    logits[index] = np.array(output).reshape(-1)

        return worker.Prepared(run, lambda: np.stack(logits))


if __name__ == "__main__":
    worker.serve(NcnnPeer())
