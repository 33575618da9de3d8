#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/dtype.h"
#include "checkpoint/checkpoint.h"

namespace gfnet::checkpoint {

/// Largest number of dimensions of a tensor. A file with a tensor of more dimensions is refused.
inline constexpr std::size_t kMaxRank = 64;

/// Number of elements of a tensor of this shape. Empty if an extent is negative or if the number
/// overflows.
std::optional<std::int64_t> checked_elements(const std::vector<std::int64_t>& shape);

/// Row-major strides of a dense tensor.
std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape);

/// Where a tensor's elements lie in the tensor's storage, as the file states it. The offset and the
/// strides are in elements. Not verified.
struct TensorLayout {
  DType dtype = DType::kF32;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
  /// Whether the tensor's elements are the stored elements times -1, as in TensorView.
  bool negated = false;
  /// Whether the elements are complex numbers, each a pair of two numbers of type `dtype`. The
  /// offset and the strides count such pairs.
  bool complex = false;
  /// With `complex`: whether the imaginary parts are the stored ones times -1.
  bool conjugated = false;
};

/// The same elements as real numbers: a complex layout [...] becomes [..., 2], the real and the
/// imaginary part (PyTorch's view_as_real). Other layouts stay as they are. Empty if an offset or a
/// stride overflows.
std::optional<TensorLayout> as_real(TensorLayout layout);

/// A view of `storage` with the given layout, complex numbers as pairs (as_real()). path and name:
/// of the file and of the tensor, for messages.
/// Throws FormatError in these cases: an index that shape and strides allow lies outside the
/// storage; a number is negative or overflows; a tensor of booleans is marked as negated, or one of
/// real numbers as conjugated; or the view has more than 2^24 elements, and `storage` holds fewer
/// elements than the view.
TensorView make_view(const std::filesystem::path& path, const std::string& name,
                     TensorLayout layout, std::span<const std::byte> storage);

}  // namespace gfnet::checkpoint
