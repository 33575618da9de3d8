"""The transforms of a global filter as real matrices, computed by numpy's FFT of unit vectors.

All are orthonormal. A real row of W elements has W // 2 + 1 complex frequencies. Real and imaginary parts
are separate rows of a matrix, so that a complex transform is one real matrix product.
"""
import numpy as np


def row_forward(width):
    """[2·(W//2+1), W]: real row -> all real parts of its spectrum, then all imaginary parts."""
    spectra = np.fft.rfft(np.eye(width), norm="ortho")
    return np.concatenate([spectra.real, spectra.imag], axis=1).T


def row_inverse(width):
    """[W, 2·(W//2+1)]: inverse of row_forward. Like irfft2, it ignores the imaginary part of column 0 and,
    if W is even, of column W / 2."""
    units = np.eye(width // 2 + 1)
    return np.fft.irfft(np.concatenate([units, 1j * units]), n=width, norm="ortho").T


def column_forward(height):
    """[2·H, 2·H]: complex column -> its transform. Element h: real part at 2·h, imaginary at 2·h + 1."""
    return _interleaved(np.fft.fft, height)


def column_inverse(height):
    """[2·H, 2·H]: inverse of column_forward."""
    return _interleaved(np.fft.ifft, height)


def _interleaved(transform, height):
    units = np.stack([np.eye(height), 1j * np.eye(height)], axis=1).reshape(2 * height, height)
    out = transform(units, norm="ortho")
    return np.stack([out.real, out.imag], axis=2).reshape(2 * height, 2 * height).T
