"""What surrounds the products in the machine code that RADV makes for AMD's GPUs.

docs/performance.md has the figures and says what they mean.
"""
import json
import re
import subprocess
from collections import Counter
from dataclasses import dataclass

import checkpoints
from folders import Broken

MODEL, PRECISION, BATCHES = "gfnet-xs", "fp16", (1, 8, 64)

# Cycles for which a product of 16×16×16 halves occupies a SIMD, which has 32 lanes. From the peaks that AMD
# publishes: 122.8 TFLOP/s for the Radeon RX 7900 XTX (96 compute units at 2.5 GHz, 2 SIMDs each) and 194.6 for the
# RX 9070 XT (64 at 2.97 GHz) are 256 and 512 operations a cycle and SIMD.
MATRIX_CYCLES = {"navi31": 32, "navi33": 32, "gfx1150": 32, "gfx1200": 16, "gfx1201": 16}
MATRIX_PRODUCTS = 16 * 16 * 16
# A compute unit's shared memory gives 128 bytes a cycle to its 2 SIMDs.
SHARED_BYTES_PER_CYCLE = 64

KINDS = (("v_wmma", "matrix"), ("v_", "vector"), ("ds_", "shared"), ("buffer_", "memory"), ("s_delay", "hint"),
         ("s_waitcnt", "hint"), ("s_clause", "hint"), ("s_", "scalar"))
FLOATING = re.compile(r"v_(dual_)?(pk_)?(fma|fmac|fmaak|fmamk|mad|mul|add|sub|subrev|dot2)\w*_f(16|32)")


@dataclass(frozen=True)
class Instruction:
    name: str
    operands: str

    @property
    def kind(self):
        return next((kind for start, kind in KINDS if self.name.startswith(start)), "other")

    def shared_bytes(self, lanes):
        """Bytes that the instruction moves between registers and shared memory, for all lanes."""
        width = re.search(r"_b(\d+)", self.name)
        if self.kind != "shared" or not width:
            return 0
        return lanes * int(width[1]) // 8 * (2 if "2addr" in self.name else 1)


@dataclass(frozen=True)
class Shader:
    bytes: int
    blocks: tuple  # of tuples of Instruction

    @property
    def inner_loop(self):
        """The loop over the inner axis, one block; empty if there is none.

        It is the first of two blocks with matrix products. The other one has those of the last step.
        """
        with_products = [block for block in self.blocks if any(each.kind == "matrix" for each in block)]
        return with_products[0] if len(with_products) > 1 else ()


def shaders_of(text):
    """The shaders in what RADV_DEBUG=asm prints."""
    shaders = []
    for part in text.split("Compute Shader\n")[1:]:
        blocks, size = [[]], 0
        for line in part.splitlines():
            if re.match(r"BB\d+:", line):
                blocks.append([])
            elif repeated := re.match(r"\t\(then repeated (\d+) times\)", line):
                size += 4 * int(repeated[1])
            elif line.startswith("\t") and ";" in line:
                code, words = line.strip().rsplit(";", 1)
                name, _, operands = code.strip().partition(" ")
                blocks[-1].append(Instruction(name, operands))
                size += 4 * len(words.split())
        shaders.append(Shader(size, tuple(tuple(block) for block in blocks if block)))
    return shaders


def share_of_matrix(block, matrix_cycles, lanes=32):
    """The share of its time for which a subgroup in this block keeps the matrix units busy: (upper bound, in turn).

    Upper bound: shared memory and the scalar unit work at the same time for other subgroups; matrix and vector
    instructions share their unit. In turn: nothing overlaps.
    """
    matrix = sum(each.kind == "matrix" for each in block) * matrix_cycles
    vector = sum(each.kind == "vector" for each in block)
    shared = sum(each.shared_bytes(lanes) for each in block) / SHARED_BYTES_PER_CYCLE
    scalar = sum(each.kind in ("scalar", "memory") for each in block)
    if not matrix:
        return 0.0, 0.0
    return matrix / max(matrix + vector, shared), matrix / (matrix + vector + shared + scalar)


def _gfnet(machine, device, limit, batch, *arguments, environment):
    """What gfnet plan prints, parsed, and what the driver prints to stderr. Throws Broken."""
    command, own = machine.command(device, "plan", "--json", "--precision", PRECISION, "--batch", str(batch),
                                   *arguments, str(checkpoints.path(MODEL)))
    done = subprocess.run(command, env={**own, **environment}, capture_output=True, text=True, timeout=limit,
                          check=False)
    if done.returncode != 0:
        raise Broken(f"{device.name}: gfnet plan failed: {done.stderr[-300:]}")
    return json.loads(done.stdout), done.stderr


def kernels_of_block(machine, device, batch, limit):
    """[(step, kernel, figures, shader)] of fc1, fc2 and the filter of the first block. Throws Broken."""
    plan, _ = _gfnet(machine, device, limit, batch, environment={})
    compiled, text = _gfnet(machine, device, limit, batch, "--compile", environment={"RADV_DEBUG": "asm,nocache"})
    shaders = {shader.bytes: shader for shader in shaders_of(text)}
    rows = []
    for step in ("mlp.fc1", "mlp.fc2", "filter"):
        planned = next((each for each in plan["steps"] if each["name"] == f"blocks.0.{step}"), None)
        if planned is None:
            raise Broken(f"{device.name}: no step blocks.0.{step} in the plan")
        made = next(each for each in compiled if (each["kernel"], each["specialization"]) ==
                    (planned["kernel"], planned["specialization"]))
        figures = {each["name"]: each["value"] for each in made["figures"]}
        shader = shaders.get(int(figures["Code size"]))
        if shader is None:
            raise Broken(f"{device.name}: RADV printed no machine code of {figures['Code size']} bytes")
        rows.append((step, made, figures, shader))
    return rows


def show(machine, device, limit):
    """Prints two tables in Markdown: the loops of fc1 and fc2, and the filter. Throws Broken."""
    cycles = next((value for name, value in MATRIX_CYCLES.items() if name in device.name), None)
    if cycles is None:
        raise Broken(f"{device.name}: no matrix units, or their speed is not known here")
    loops = [f"{device.name}, {MODEL} in {PRECISION}, {machine.driver_version()}", "",
             "| batch | product | tile | fragments of a subgroup | registers | products an instruction | in the loop: "
             "matrix, vector, shared, memory, scalar, hints | share at most | share in turn |",
             "| --- | --- | --- | --- | --- | --- | --- | --- | --- |"]
    filters = ["", "| batch | registers | instructions | floating-point | shared | memory |",
               "| --- | --- | --- | --- | --- | --- |"]
    for batch in BATCHES:
        for step, made, figures, shader in kernels_of_block(machine, device, batch, limit):
            if step == "filter":
                filters.append(_filter_row(batch, figures, shader))
            else:
                loops.append(_loop_row(batch, step, made, figures, shader, cycles))
    print("\n".join(loops + filters))


def _loop_row(batch, step, made, figures, shader, cycles):
    loop = shader.inner_loop
    if not loop:
        raise Broken(f"{made['kernel']}: no loop with products of matrices was found in its machine code")
    _, subgroups, rows, columns, _, down, across, side_by_side, deep, *_ = made["specialization"]
    counts = Counter(each.kind for each in loop)
    bound, in_turn = share_of_matrix(loop, cycles)
    tile = f"{subgroups // side_by_side * down * rows}×{side_by_side * across * columns}"
    return (f"| {batch} | {step} | {tile} | {down}×{across}, {deep} deep | {figures['VGPRs']} | "
            f"{counts['matrix'] * MATRIX_PRODUCTS // len(loop)} | "
            + ", ".join(str(counts[kind]) for kind in ("matrix", "vector", "shared", "memory", "scalar", "hint"))
            + f" | {bound:.0%} | {in_turn:.0%} |")


def _filter_row(batch, figures, shader):
    every = [each for block in shader.blocks for each in block]
    counts = Counter(each.kind for each in every)
    floating = sum(bool(FLOATING.match(each.name)) for each in every)
    return (f"| {batch} | {figures['VGPRs']} | {len(every)} | {floating / len(every):.0%} | "
            f"{counts['shared'] / len(every):.0%} | {counts['memory'] / len(every):.0%} |")
