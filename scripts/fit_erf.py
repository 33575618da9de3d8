#!/usr/bin/env python3
"""Fits erf(z) = z·P(z²)/Q(z²) on [0, 3.92] and prints the coefficients of shaders/include/gelu.glsl.

A rational least-squares fit. Each round raises the weights where the error is largest, until the
error is nearly uniform (Lawson's iteration). Needs numpy.
"""

import math

import numpy as np

LIMIT = 3.92
DEGREE = 5
ROUNDS = 60


def fit():
    u = (np.cos(np.linspace(0, np.pi, 1500)) * 0.5 + 0.5) * LIMIT**2
    u = np.maximum(u, 1e-12)
    z = np.sqrt(u)
    target = np.array([math.erf(x) / x for x in z])
    powers = np.vander(u / LIMIT**2, DEGREE + 1, increasing=True)
    weight, denominator, best = np.ones_like(u), np.ones_like(u), None
    for _ in range(ROUNDS):
        row_weight = weight / denominator * z
        matrix = np.hstack([powers, -target[:, None] * powers[:, 1:]]) * row_weight[:, None]
        solution, *_ = np.linalg.lstsq(matrix, target * row_weight, rcond=None)
        p = solution[: DEGREE + 1]
        q = np.r_[1.0, solution[DEGREE + 1 :]]
        error = np.abs((powers @ p / (powers @ q) - target) * z)
        if best is None or error.max() < best[0]:
            best = (error.max(), p, q)
        denominator = np.abs(powers @ q)
        weight = weight * np.sqrt(error / error.max() + 1e-3)
        weight /= weight.max()
    scale = LIMIT ** (2.0 * np.arange(DEGREE + 1))
    return best[0], best[1] / scale, best[2] / scale


if __name__ == "__main__":
    error, p, q = fit()
    print(f"largest absolute error {error:.2e}")
    for name, coefficients in (("P", p), ("Q", q)):
        print(name, *(float(np.float32(c)) for c in coefficients))
