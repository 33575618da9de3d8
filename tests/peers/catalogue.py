"""Which software the engine is compared with, and how each is started."""
from dataclasses import dataclass

from model_files import SAFETENSORS

BOTH = ("fp32", "fp16")


@dataclass(frozen=True)
class Peer:
    name: str
    title: str
    environment: str           # one of environment.PACKAGES
    script: str                # in software/
    arguments: tuple = ()
    where: tuple = ("cpu",)    # kinds of device on which the engine is compared with it
    precisions: tuple = ("fp32",)
    format: str = SAFETENSORS  # of its model, or one of model_files.FORMATS


def _torch(name, title, mode, device="cpu", precisions=("fp32",)):
    return Peer(name, title, "torch", "torch_peer.py", ("--device", device, "--mode", mode),
                ("cpu" if device == "cpu" else "gpu",), precisions)


def _onnx(name, title, provider, form, environment, where, precisions=("fp32",)):
    return Peer(name, title, environment, "onnx_peer.py", ("--provider", provider), where, precisions, form)


PEERS = (
    _torch("torch", "PyTorch", "eager"),
    _torch("torch-compiled", "PyTorch, torch.compile", "compile"),
    _torch("torch-cuda", "PyTorch CUDA", "eager", "cuda", BOTH),
    _torch("torch-cuda-graph", "PyTorch CUDA, one CUDA graph", "graph", "cuda", BOTH),
    _torch("torch-cuda-compiled", "PyTorch CUDA, torch.compile, CUDA graphs", "reduce-overhead", "cuda", BOTH),
    _torch("torch-cuda-autotuned", "PyTorch CUDA, torch.compile max-autotune", "max-autotune", "cuda", ("fp16",)),
    _onnx("onnxruntime", "ONNX Runtime, DFT as matrices", "cpu", "onnx", "onnxruntime", ("cpu",)),
    _onnx("onnxruntime-dft", "ONNX Runtime, DFT operator", "cpu", "onnx-dft", "onnxruntime", ("cpu",)),
    _onnx("onnxruntime-cuda", "ONNX Runtime CUDA, DFT as matrices", "cuda", "onnx", "onnxruntime-gpu", ("gpu",), BOTH),
    _onnx("onnxruntime-webgpu", "ONNX Runtime WebGPU, DFT as matrices", "webgpu", "onnx", "onnxruntime-webgpu",
          ("cpu", "gpu"), BOTH),
    _onnx("onnxruntime-webgpu-dft", "ONNX Runtime WebGPU, DFT operator", "webgpu", "onnx-dft", "onnxruntime-webgpu",
          ("cpu", "gpu")),
    Peer("openvino", "OpenVINO, fp32 asked for", "openvino", "openvino_peer.py", ("--hint", "f32"), format="onnx"),
    Peer("openvino-default", "OpenVINO, its default precision", "openvino", "openvino_peer.py", ("--hint", "none"),
         format="onnx"),
    Peer("ncnn-vulkan", "ncnn Vulkan", "ncnn", "ncnn_peer.py", (), ("cpu", "gpu"), BOTH, "ncnn"),
    Peer("iree", "IREE", "iree", "iree_peer.py", ("--target", "cpu"), format="onnx"),
    Peer("iree-vulkan", "IREE Vulkan", "iree", "iree_peer.py", ("--target", "vulkan"), format="onnx"),
    Peer("litert", "LiteRT", "litert", "litert_peer.py"),
)


def chosen(kind, precision, patterns=(), skipped=()):
    """The peers for a kind of device, "cpu" or "gpu", and a precision.

    patterns: parts of names; empty: all. skipped: parts of the names of those that are left out.
    """
    def has(peer, parts):
        return any(part in peer.name for part in parts)

    return [peer for peer in PEERS if kind in peer.where and precision in peer.precisions
            and (not patterns or has(peer, patterns)) and not has(peer, skipped)]
