#!/usr/bin/env python3
"""Trains the bundled model: a small pyramid GFNet on CIFAR-10 kept as JPEG files.

    python3 train.py --data cifar10-jpeg.tar.xz --epochs 60 --output gfnet-cifar10.safetensors

--data is a folder or a tar archive (any compression) that holds train/CLASS/*.jpg and
test/CLASS/*.jpg. Runs on CUDA if available, else on the CPU, where bfloat16 matrix units (AMX) make it
several times faster. Needs torch 2 or newer, numpy and Pillow.

Differences from training a GFNet on ImageNet:
  - The filters start as the spectra of small random local kernels instead of white noise. White noise
    is a random kernel over the whole image. With 50,000 images a network that starts local learns
    faster.
  - During training a filter is a product with a circulant matrix (see gfnet.GlobalFilter.dense):
    the same function of the same parameters, without an FFT.
  - No layer scale: about ten blocks do not need it.

The length of the schedule is --epochs or --minutes. With --minutes, the remaining schedule is spread
over the steps that the remaining time allows. If other work slows the machine, there are fewer and
larger steps, and no jump. With --state, a run that was stopped continues where it was. The output is
the exponential moving average of the weights at the end of the schedule; no checkpoint is selected by
its test accuracy.
"""

import argparse
import collections
import copy
import json
import math
import multiprocessing
import os
import tempfile
import time

import numpy as np
import torch
import torch.nn.functional as F

import gfnet
import safetensors_io
from evaluate import MEAN, STD, accuracy, read_images


def parse_arguments():
    parser = argparse.ArgumentParser(
        description="Train a small GFNet on 32x32 images in class folders.",
        formatter_class=argparse.ArgumentDefaultsHelpFormatter)
    parser.add_argument("--data", required=True, help="tar archive or folder with train/ and test/")
    parser.add_argument("--output", default="gfnet-cifar10.safetensors")
    parser.add_argument("--init", help="start from this .safetensors file, of the same shape")
    parser.add_argument("--log", help="write one JSON object per line, for plotting")
    parser.add_argument("--state", help="save the state of the run to this file every few minutes, "
                                        "and continue from the file if it exists")
    parser.add_argument("--epochs", type=float, default=60, help="length of the schedule")
    parser.add_argument("--minutes", type=float, help="length of the schedule instead of --epochs")
    parser.add_argument("--batch", type=int, default=250)
    parser.add_argument("--lr", type=float, default=3e-3)
    parser.add_argument("--warm-up", type=float, default=0.05, help="share of the schedule")
    parser.add_argument("--muon", action="store_true",
                        help="Muon for the matrices of the MLPs, AdamW for the rest; needs torch 2.9")
    parser.add_argument("--weight-decay", type=float, default=0.05)
    parser.add_argument("--smoothing", type=float, default=0.1, help="label smoothing")
    parser.add_argument("--augment", type=float, default=1.0,
                        help="strength of the affine and colour changes; use less for few epochs")
    parser.add_argument("--cutmix", type=float, default=0.5, help="share of batches that are mixed")
    parser.add_argument("--drop-path", type=float, default=0.05)
    parser.add_argument("--ema", type=float, default=0.998, help="decay per step")
    parser.add_argument("--dims", type=int, nargs="+", default=[48, 96, 192, 256])
    parser.add_argument("--depth", type=int, nargs="+", default=[2, 3, 3, 1])
    parser.add_argument("--mlp-ratio", type=float, nargs="+", default=[4, 4, 4, 4])
    parser.add_argument("--patch", type=int, default=2)
    parser.add_argument("--holdout", type=int, default=0,
                        help="evaluate on this many held-out training images, not on the test images")
    parser.add_argument("--watch-every", type=int, default=4,
                        help="epochs between evaluations during training; 0: none")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--workers", type=int, default=1,
                        help="processes that share each batch, CPU only; on a busy machine they wait "
                             "for each other once per step instead of in every operation")
    parser.add_argument("--threads", type=int, default=0,
                        help="CPU threads per worker; 0: an equal share of the cores")
    parser.add_argument("--no-compile", action="store_true", help="do not use torch.compile")
    return parser.parse_args()


# --- initial filters -----------------------------------------------------------------------------

def local_filters_(model, generator):
    """Sets each complex_weight to the spectrum of a random kernel under a narrow Gaussian window."""
    for module in model.modules():
        if not isinstance(module, gfnet.GlobalFilter):
            continue
        h, w, channels = module.h, module.w, module.complex_weight.shape[2]
        # Distances on the torus: the convolution is circular.
        dy = torch.minimum(torch.arange(h), h - torch.arange(h)).float()
        dx = torch.minimum(torch.arange(w), w - torch.arange(w)).float()
        distance = dy[:, None] ** 2 + dx[None, :] ** 2
        # Several widths, so that channels start with different reach.
        sigma = torch.empty(channels).uniform_(0.4, 1.2, generator=generator)
        window = torch.exp(-distance[:, :, None] / (2 * sigma ** 2))
        kernel = torch.randn(h, w, channels, generator=generator) * window
        kernel = kernel / kernel.pow(2).sum((0, 1), keepdim=True).sqrt()
        # Matches GlobalFilter.matrix: unnormalised here, 1 / (H W) in its inverse transform.
        spectrum = torch.fft.rfft2(kernel, dim=(0, 1))
        module.complex_weight.data.copy_(torch.view_as_real(spectrum))


# --- augmentation: whole batches at a time -------------------------------------------------------

def augment(images, generator, strength):
    """uint8 [B, 3, S, S] -> float [B, 3, S, S] in 0..1: flip, shift, mild affine map, mild colours.

    strength: 0 leaves flips and shifts only; 1 is the most.
    """
    batch, _, size, _ = images.shape

    def uniform(low, high, *shape):
        return torch.rand(batch, *shape, generator=generator, device=images.device) \
            * (high - low) + low

    x = images.float() / 255.0
    # At least half of the images are only flipped and shifted by whole pixels, so that the network
    # also sees images that no interpolation has blurred.
    whole = uniform(0, 1) >= 0.5 * strength
    angle = torch.where(whole, torch.zeros(batch, device=x.device), uniform(-0.25, 0.25))
    scale = torch.where(whole, torch.ones(batch, device=x.device), uniform(0.8, 1.15))
    shear = torch.where(whole, torch.zeros(batch, device=x.device), uniform(-0.15, 0.15))
    flip = (uniform(0, 1) < 0.5).float() * 2 - 1
    shift = torch.round(uniform(-4, 4, 2)) * (2.0 / size)
    cos, sin = torch.cos(angle) * scale, torch.sin(angle) * scale
    theta = torch.stack([
        torch.stack([cos * flip, shear - sin, shift[:, 0]], 1),
        torch.stack([sin * flip, cos, shift[:, 1]], 1)], 1)
    grid = F.affine_grid(theta, x.shape, align_corners=False)
    x = F.grid_sample(x, grid, padding_mode="reflection", align_corners=False)

    brightness = 1 + strength * uniform(-0.2, 0.2, 1, 1, 1)
    contrast = 1 + strength * uniform(-0.2, 0.2, 1, 1, 1)
    saturation = 1 + strength * uniform(-0.3, 0.3, 1, 1, 1)
    grey = x.mean(1, keepdim=True)
    x = grey + (x - grey) * saturation
    mean = x.mean((1, 2, 3), keepdim=True)
    return ((x - mean) * contrast + mean * brightness).clamp_(0, 1)


def cutmix(x, target, rng):
    """Pastes a rectangle of the batch's previous image into each image; mixes targets by its area.

    x: [B, 3, S, S]; target: [B, classes].
    """
    size = x.shape[-1]
    kept = rng.beta(1.0, 1.0)
    side = size * math.sqrt(1.0 - kept)
    cx, cy = rng.uniform(0, size, 2)
    x0, x1 = (int(np.clip(round(cx + s * side / 2), 0, size)) for s in (-1, 1))
    y0, y1 = (int(np.clip(round(cy + s * side / 2), 0, size)) for s in (-1, 1))
    area = (x1 - x0) * (y1 - y0) / float(size * size)
    x = x.clone()
    x[:, :, y0:y1, x0:x1] = x.roll(1, 0)[:, :, y0:y1, x0:x1]
    return x, target * (1 - area) + target.roll(1, 0) * area


# --- training ------------------------------------------------------------------------------------

def optimizers(model, args):
    """Returns a list: AdamW; with --muon also Muon for the MLPs' matrices, scaled to AdamW's rate."""
    matrices, decay, rest = [], [], []
    for name, parameter in model.named_parameters():
        if args.muon and parameter.ndim == 2 and ".mlp." in name:
            matrices.append(parameter)
            continue
        # Decay would shrink a filter's spectrum, which LN2 undoes. The other exceptions are usual.
        exempt = parameter.ndim < 2 or "complex_weight" in name or "pos_embed" in name
        (rest if exempt else decay).append(parameter)
    groups = [dict(params=decay, weight_decay=args.weight_decay),
              dict(params=rest, weight_decay=0.0)]
    found = [torch.optim.AdamW(groups, lr=args.lr, betas=(0.9, 0.98))]
    if matrices:
        found.append(torch.optim.Muon(matrices, lr=args.lr, weight_decay=args.weight_decay,
                                      adjust_lr_fn="match_rms_adamw"))
    return found


class Schedule:
    """Progress of a run from 0 to 1: by steps, or by time if `seconds` is given.

    By time, each step advances by an equal share of the remaining progress. The number of remaining
    steps is the remaining time over the median step time. After a pause the steps are larger; none is
    skipped.
    """

    def __init__(self, steps=None, seconds=None):
        self.steps, self.seconds = steps, seconds
        self.progress, self.elapsed = 0.0, 0.0
        self.recent = collections.deque(maxlen=101)

    def advance(self, elapsed):
        """Call it after each step. elapsed: seconds since the start, the same for all workers."""
        self.recent.append(elapsed - self.elapsed)
        self.elapsed = elapsed
        if self.seconds is None:
            self.progress = min(1.0, self.progress + 1 / self.steps)
            return
        if len(self.recent) < 2:
            return  # The first step includes compilation.
        usual = sorted(self.recent)[(len(self.recent) - 1) // 2]
        left = (self.seconds - elapsed) / usual
        self.progress = 1.0 if left < 1 else self.progress + (1 - self.progress) / left


def learning_rate(progress, peak, warm_up):
    """Linear over the first `warm_up` of the schedule, then a cosine to 1/1000 of the peak."""
    if progress < warm_up:
        return peak * (0.02 + 0.98 * progress / warm_up)
    turn = (progress - warm_up) / (1 - warm_up)
    return peak * (0.001 + 0.999 * 0.5 * (1 + math.cos(math.pi * min(turn, 1.0))))


def write_model(path, model, labels, size, extra):
    metadata = {
        "format": "gfnet",
        "name": os.path.splitext(os.path.basename(path))[0],
        "labels": json.dumps(labels),
        "preprocessing": json.dumps({
            "size": size, "mean": list(MEAN), "std": list(STD),
            "resize": "bicubic", "crop_ratio": 1.0}),
    }
    metadata.update(extra)
    state = {k: v.detach().float().cpu() for k, v in model.state_dict().items()}
    # Readers must never find an incomplete file.
    safetensors_io.save(path + ".part", state, metadata)
    os.replace(path + ".part", path)


def shared_gradients(parameters, clock):
    """Averages the gradients over all workers and returns the largest of their clocks, in seconds.

    One message per step carries both. With a common clock all workers end a timed schedule together.
    """
    flat = torch.cat([p.grad.reshape(-1) for p in parameters] + [torch.tensor([clock])])
    parts = [torch.empty_like(flat) for _ in range(torch.distributed.get_world_size())]
    torch.distributed.all_gather(parts, flat)
    mean = torch.stack(parts).mean(0)
    offset = 0
    for parameter in parameters:
        count = parameter.numel()
        parameter.grad.copy_(mean[offset:offset + count].view_as(parameter))
        offset += count
    return max(float(part[-1]) for part in parts)


def train(rank, args, data):
    images, targets, watched, watched_targets, labels, rendezvous = data
    torch.set_num_threads(args.threads or max(1, (os.cpu_count() or 1) // args.workers))
    if args.workers > 1:
        torch.distributed.init_process_group(
            "gloo", init_method="file://" + rendezvous, rank=rank, world_size=args.workers)
    torch.manual_seed(args.seed)
    rng = np.random.default_rng(args.seed)
    device = torch.device("cuda" if torch.cuda.is_available() and args.workers == 1 else "cpu")
    generator = torch.Generator(device=device).manual_seed(args.seed + rank)

    size = images.shape[1]
    images = torch.from_numpy(images).permute(0, 3, 1, 2).contiguous().to(device)
    targets = F.one_hot(torch.from_numpy(targets), len(labels)).float().to(device)
    targets = targets * (1 - args.smoothing) + args.smoothing / len(labels)
    mean = torch.tensor(MEAN, device=device).view(1, 3, 1, 1)
    std = torch.tensor(STD, device=device).view(1, 3, 1, 1)

    model = gfnet.GFNetPyramid(
        img_size=size, patch_size=args.patch, num_classes=len(labels), embed_dim=args.dims,
        depth=args.depth, mlp_ratio=args.mlp_ratio, drop_path_rate=args.drop_path)
    local_filters_(model, torch.Generator().manual_seed(args.seed))
    if args.init:
        tensors, _ = safetensors_io.load(args.init)
        model.load_state_dict({k: torch.from_numpy(v) for k, v in tensors.items()})
    for module in model.modules():
        if isinstance(module, gfnet.GlobalFilter):
            module.dense = True
    model.to(device)
    average = copy.deepcopy(model).eval()
    # All workers have the same weights; from here on each drops different paths.
    torch.manual_seed(args.seed + rank)
    if rank == 0:
        print("%.2f M parameters, %.1f M multiply-accumulates an image, %d training images, %s" % (
            sum(p.numel() for p in model.parameters()) / 1e6, gfnet.count_macs(model) / 1e6,
            len(images), device), flush=True)

    forward = model if args.no_compile else torch.compile(model)
    optimizing = optimizers(model, args)
    parameters = list(model.parameters())
    pairs = list(zip(average.parameters(), parameters))

    share = args.batch // args.workers
    steps_per_epoch = len(images) // args.batch
    schedule = Schedule(args.epochs * steps_per_epoch, 60 * args.minutes if args.minutes else None)
    step, epoch = 0, 0
    stateful = [model, average] + optimizing
    saved = args.state and os.path.exists(args.state)
    if saved:
        state = torch.load(args.state, map_location=device)
        for entry, tensors in zip(stateful, state["tensors"]):
            entry.load_state_dict(tensors)
        step, epoch, schedule.progress, schedule.elapsed = state["position"]
        # The epoch starts again, with the images in another order.
        rng = np.random.default_rng([args.seed, step])
        generator.manual_seed(args.seed + rank + step)
    # All workers must have read the state before one of them overwrites it.
    if args.workers > 1:
        torch.distributed.barrier()
    log = open(args.log, "a" if saved else "w") if args.log and rank == 0 else None
    start = time.time() - schedule.elapsed
    written = time.time()
    while schedule.progress < 1.0:
        order = torch.from_numpy(rng.permutation(len(images))).to(device)
        total, seen = 0.0, 0
        model.train()
        for i in range(steps_per_epoch):
            progress = schedule.progress
            if progress >= 1.0:
                break
            for group in (g for o in optimizing for g in o.param_groups):
                group["lr"] = learning_rate(progress, args.lr, args.warm_up)
            first = i * args.batch + rank * share
            chosen = order[first:first + share]
            x, y = augment(images[chosen], generator, args.augment), targets[chosen]
            # The last 15 % of the schedule use unmixed images, as the finished model will see.
            if progress < 0.85 and rng.random() < args.cutmix:
                x, y = cutmix(x, y, rng)
            x = (x - mean) / std
            with torch.autocast(device.type, dtype=torch.bfloat16):
                logits = forward(x)
            loss = F.cross_entropy(logits.float(), y)
            model.zero_grad(set_to_none=True)
            loss.backward()
            elapsed = time.time() - start
            if args.workers > 1:
                elapsed = shared_gradients(parameters, elapsed)
            torch.nn.utils.clip_grad_norm_(parameters, 1.0)
            for optimizer in optimizing:
                optimizer.step()
            # At the start the average must forget the random weights faster than args.ema does.
            decay = min(args.ema, (1 + step) / (10 + step))
            with torch.no_grad():
                for a, p in pairs:
                    a.lerp_(p, 1 - decay)
            total, seen, step = total + loss.item(), seen + 1, step + 1
            if not math.isfinite(total):
                raise SystemExit("the loss is not finite: lower --lr")
            schedule.advance(elapsed)
            if args.state and rank == 0 and time.time() - written > 180:
                state = dict(tensors=[entry.state_dict() for entry in stateful],
                             position=(step, epoch, schedule.progress, elapsed))
                torch.save(state, args.state + ".part")
                os.replace(args.state + ".part", args.state)
                written = time.time()
        epoch += 1
        if rank > 0 or not seen:
            continue
        record = dict(epoch=epoch, step=step, seconds=round(elapsed, 1),
                      progress=round(schedule.progress, 4), loss=round(total / seen, 4))
        if args.watch_every and epoch % args.watch_every == 0:
            top1, _, watched_loss = accuracy(
                average, watched, watched_targets, device=device, autocast=True)
            record.update(top1=round(top1, 4), watched_loss=round(watched_loss, 4))
        print(json.dumps(record), flush=True)
        if log:
            log.write(json.dumps(record) + "\n")
            log.flush()
        write_model(args.output, average, labels, size, {"steps": str(step)})
    if rank > 0:
        return

    # The reported accuracy is for float32 and filters by FFT, as the model is used.
    for module in average.modules():
        if isinstance(module, gfnet.GlobalFilter):
            module.dense = False
    top1, top5, _ = accuracy(average, watched, watched_targets, device=device)
    which = "held-out training" if args.holdout else "test"
    print("%s images: top-1 %.2f %%, top-5 %.2f %%" % (which, 100 * top1, 100 * top5))
    write_model(args.output, average, labels, size, {
        "description": "Pyramid GFNet trained on CIFAR-10 (JPEG), 32x32 RGB",
        "license": "see MODEL_CARD.md", "steps": str(step),
        "top1": "%.4f" % top1, "top5": "%.4f" % top5, "evaluated_on": which + " images"})


def main():
    args = parse_arguments()
    images, targets, labels, _ = read_images(args.data, "train")
    watched, watched_targets, _, _ = read_images(args.data, "test", labels)
    if args.holdout:
        order = np.random.default_rng(0).permutation(len(images))
        held, used = order[:args.holdout], order[args.holdout:]
        watched, watched_targets = images[held], targets[held]
        images, targets = images[used], targets[used]

    with tempfile.TemporaryDirectory() as folder:
        data = (images, targets, watched, watched_targets, labels,
                os.path.join(folder, "rendezvous"))
        # Fork, so that the workers share the images. This is safe: torch has started no thread yet.
        context = multiprocessing.get_context("fork") if args.workers > 1 else None
        others = [context.Process(target=train, args=(rank, args, data))
                  for rank in range(1, args.workers)]
        for process in others:
            process.start()
        train(0, args, data)
        for process in others:
            process.join()


if __name__ == "__main__":
    main()
