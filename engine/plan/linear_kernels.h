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
  /// Of x and the weight; of the addend and y.
  DType in = DType::kF32;
  DType out = DType::kF32;

  double flops() const {
    return 2.0 * static_cast<double>(rows * inner) * static_cast<double>(outputs);
  }
  /// "linear 2048×384×1536 gelu", "linear_f16_f32 …": under this name choices are remembered. Rows
  /// are rounded up to a power of two, so that what was learned from one batch serves the ones near
  /// it.
  std::string name() const;
};

/// A shader for it, and the shape of its tile.
struct LinearKernel {
  std::string name;
  std::string shader;
  std::array<std::uint32_t, 3> workgroup{1, 1, 1};
  /// Rows and columns of y that a workgroup computes.
  std::int64_t tile_rows = 0;
  std::int64_t tile_columns = 0;
  /// Specialisation constants that follow the workgroup's, and those after the epilogue's.
  std::vector<std::uint32_t> tile;
  std::vector<std::uint32_t> tail = {};
  /// The weight is packed in blocks of so many columns; 0: row-major.
  std::uint32_t block_columns = 0;
  Arithmetic arithmetic = Arithmetic::kFloat;
};

/// All that can run the problem on the device; first the one that a rule expects to be fastest.
/// They round alike, and so do those for any other number of rows: the choice among them changes no
/// bit of a row, nor does the batch that it is in. Hence halves run on the matrix units wherever
/// there are any for the matrix, else in packed arithmetic wherever there is that, and only
/// otherwise (and on software drivers, which it does not suit) in products of floats.
std::vector<LinearKernel> linear_kernels(const LinearProblem& problem, const DeviceFacts& device);

}  // namespace gfnet::plan
