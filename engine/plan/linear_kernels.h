#pragma once

#include <array>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace gfnet::plan {

/// A matrix product [rows, inner]·[inner, outputs] with its epilogue, as far as the choice of a
/// kernel depends on it.
struct LinearProblem {
  std::int64_t rows = 0;
  std::int64_t inner = 0;
  std::int64_t outputs = 0;
  bool gelu = false;
  bool addend = false;

  double flops() const {
    return 2.0 * static_cast<double>(rows * inner) * static_cast<double>(outputs);
  }
  /// "linear 2048×384×1536 gelu": under this name choices are remembered. Rows are rounded up to a
  /// power of two, so that what was learned from one batch serves the ones near it.
  std::string name() const;
};

/// A shader for it, and the shape of its tile.
struct LinearKernel {
  std::string name;
  std::string shader;
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};
  /// Rows of y that an invocation computes.
  std::uint32_t tile_rows = 0;
  /// Vectors of four columns of y that an invocation computes.
  std::uint32_t tile_vectors = 0;
  /// The weight is packed in blocks of so many columns; 0: row-major.
  std::uint32_t block_columns = 0;
};

/// All that can run the problem on the device; first the one that a rule expects to be fastest.
std::vector<LinearKernel> linear_kernels(const LinearProblem& problem, const DeviceFacts& device);

}  // namespace gfnet::plan
