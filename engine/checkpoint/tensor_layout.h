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

/// Largest number of dimensions of a tensor. A file that exceeds it is refused.
inline constexpr std::size_t kMaxRank = 64;

/// Product of the extents. Empty if one is negative or the product overflows.
std::optional<std::int64_t> checked_elements(const std::vector<std::int64_t>& shape);

/// Row-major strides of a dense tensor.
std::vector<std::int64_t> dense_strides(const std::vector<std::int64_t>& shape);

/// A tensor's position in its storage as the file states it, in elements. Not verified.
struct TensorLayout {
  DType dtype = DType::kF32;
  std::int64_t offset = 0;
  std::vector<std::int64_t> shape;
  std::vector<std::int64_t> strides;
  /// Whether the tensor's elements are the stored ones times -1, as in TensorView.
  bool negated = false;
};

/// A view of `storage` with the given layout. path and name: for messages.
/// Throws FormatError if an index that shape and strides allow lies outside the storage, if a
/// number is negative or overflows, or if booleans are to be negated. Also throws it if the
/// view has more than 2^24 elements and repeats some because its storage holds fewer.
TensorView make_view(const std::filesystem::path& path, const std::string& name,
                     TensorLayout layout, std::span<const std::byte> storage);

}  // namespace gfnet::checkpoint
