#pragma once

#include <array>
#include <string>
#include <vector>

#include "plan/plan.h"

namespace gfnet::plan {

/// A matrix product [rows, inner]·[inner, outputs] with its epilogue, but for the rows: all that a
/// network fixes.
struct LinearLayer {
  std::int64_t inner = 0;
  std::int64_t outputs = 0;
  bool gelu = false;
  bool addend = false;
  /// Of x and the weight; of the addend and y.
  DType in = DType::kF32;
  DType out = DType::kF32;

  double flops(std::int64_t rows) const {
    return 2.0 * static_cast<double>(rows * inner) * static_cast<double>(outputs);
  }
  /// "linear 384×1536 gelu", "linear_f16_f32 …": under this name the choice of a way is remembered.
  std::string name() const;
};

/// In what form the weight lies on the device: what all batches share.
struct LinearWay {
  /// "row-major", "transposed", "blocks of 32".
  std::string name;
  /// The weight is packed in blocks of so many columns; 0: row-major, 1: transposed.
  std::uint32_t block_columns = 0;

  /// See Decision.
  std::string description() const { return std::to_string(block_columns); }
};

/// The ways that the device has kernels for, whatever the rows; first the one that a rule expects
/// to be fastest.
std::vector<LinearWay> linear_ways(const LinearLayer& layer, const DeviceFacts& device);

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
  Arithmetic arithmetic = Arithmetic::kFloat;

  /// All of them.
  std::vector<std::uint32_t> specialization(bool gelu, bool addend, bool in_place) const;
  /// See Decision.
  std::string description() const;
};

/// All that can run the layer that way on so many rows; first the one that a rule expects to be
/// fastest. They round alike, and so do those for any other number of rows: the choice among them
/// changes no bit of a row, nor does the batch that it is in. Hence halves run on the matrix units
/// wherever there are any for the matrix, else in packed arithmetic wherever there is that, and
/// only otherwise (and on software drivers, which it does not suit) in products of floats.
std::vector<LinearKernel> linear_kernels(const LinearLayer& layer, const LinearWay& way,
                                         std::int64_t rows, const DeviceFacts& device);

/// Under which name the choice of a kernel is remembered: "linear 384×1536 gelu, row-major, 2048
/// rows". Rows are rounded up to a power of two, so that what was learned from one batch serves the
/// ones near it, unless the kernels that are offered depend on them: on software drivers, and where
/// they are less than a tile's.
std::string kernel_problem(const LinearLayer& layer, const LinearWay& way, std::int64_t rows,
                           const DeviceFacts& device);

}  // namespace gfnet::plan
