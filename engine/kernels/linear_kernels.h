#pragma once

#include <string>
#include <variant>
#include <vector>

#include "kernels/device_facts.h"
#include "kernels/packing.h"
#include "kernels/shaders/linear.h"
#include "kernels/shaders/linear_broadcast.h"
#include "kernels/shaders/linear_matrix.h"
#include "kernels/shaders/linear_tiled.h"

namespace gfnet::kernels {

/// A matrix product y = x·weight, [rows, inner]·[inner, outputs], with its epilogue (GELU or the
/// sum with an addend). A LinearLayer holds what the network fixes: everything except the number of
/// rows.
struct LinearLayer {
  std::int64_t inner = 0;
  std::int64_t outputs = 0;
  bool gelu = false;
  bool addend = false;
  /// in: type of x and the weight. out: type of the addend and y.
  DType in = DType::kF32;
  DType out = DType::kF32;

  double flops(std::int64_t rows) const {
    return 2.0 * static_cast<double>(rows * inner) * static_cast<double>(outputs);
  }
  /// "linear 384×1536 gelu", "linear_f16_f32 …": the key (Choice::key) of the choice among
  /// linear_algorithms.
  std::string name() const;
};

/// A candidate for the layout of a product's weight on the device. The layout is chosen for all
/// batch sizes together, so that plans for different batch sizes share the weight.
struct LinearAlgorithm {
  /// "row-major", "transposed", "blocks of 32".
  std::string name;
  /// Columns in a block of the packed weight (see Packing). 0: row-major, 1: transposed.
  std::uint32_t block_columns = 0;

  /// See add_candidate.
  std::string description() const { return std::to_string(block_columns); }
};

/// The candidate layouts of the weight: the layouts for which the device has kernels at any number
/// of rows. The first is the default: a rule expects it to be fastest. Kernels that are switched
/// off on the device (DeviceFacts::switched_off) are left out here and in linear_kernels.
std::vector<LinearAlgorithm> linear_algorithms(const LinearLayer& layer, const DeviceFacts& device);

/// A shader that computes a LinearLayer, and the shape of its tile.
struct LinearKernel {
  std::string name;
  std::string shader;
  /// Rows and columns of the product y that one workgroup computes.
  std::int64_t tile_rows = 0;
  std::int64_t tile_columns = 0;
  /// The shader's specialisation constants, without the epilogue.
  std::variant<LinearConstants, LinearBroadcastConstants, LinearTiledConstants,
               LinearPackedConstants, LinearMatrixConstants>
      constants;
  Arithmetic arithmetic = Arithmetic::kFloat;

  /// The constants together with those of the epilogue. in_place: y is written over the addend.
  Specialization specialization(bool gelu, bool addend, bool in_place) const;
  /// See add_candidate.
  std::string description() const;
  /// Estimated 32-bit registers of an invocation.
  std::uint32_t registers(const DeviceFacts& device) const;
  /// Whether the device's compiler is expected to keep the kernel's values in registers.
  bool fits_registers(const DeviceFacts& device) const;
};

/// Removes the kernels that are switched off on the device.
void erase_switched_off(std::vector<LinearKernel>& kernels, const DeviceFacts& device);

/// The candidate kernels for a layer with `rows` rows and the weight layout `algorithm`. The first
/// is the default: a rule expects it to be fastest. All kernels round alike, for any number of
/// rows. So the bits of a row depend neither on the kernel nor on the batch size. Therefore a
/// device multiplies the halves of a layer in one arithmetic only: on matrix units if the layer
/// fits them, else in packed halves if the device has half arithmetic, else in floats. Software
/// drivers always use floats. If all kernels of an arithmetic are switched off, the next one is
/// used. Empty if nothing is left.
std::vector<LinearKernel> linear_kernels(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                                         std::int64_t rows, const DeviceFacts& device);

/// The key (Choice::key) of the choice of a kernel: "linear 384×1536 gelu, row-major, 2048
/// rows". Rows are rounded up to a power of two, so that batches of similar size share a
/// measurement. The exact number is used where the candidates depend on it: on software drivers,
/// and below the 8 rows of a tile of linear.comp.
std::string kernel_key(const LinearLayer& layer, const LinearAlgorithm& algorithm,
                       std::int64_t rows, const DeviceFacts& device);

}  // namespace gfnet::kernels
