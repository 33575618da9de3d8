#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"
#include "gfnet/shape.h"

namespace gfnet::weights {

/// One tensor of a checkpoint: a bounds-checked view of bytes that the Checkpoint keeps alive.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  Shape shape;
  /// In elements, one per axis. A checkpoint may hold transposed or overlapping views.
  std::vector<std::int64_t> strides;
  /// From the first element on; every index that shape and strides allow lies inside.
  std::span<const std::byte> bytes;

  /// Whether bytes hold exactly the elements in row-major order (strides of axes of one element
  /// aside).
  bool is_dense() const;

  /// All elements in row-major order, converted to float (doubles are rounded; beyond the range of
  /// float they become infinite).
  std::vector<float> to_f32() const;
};

/// A tensor in memory of its own, row-major.
struct DenseTensor {
  Shape shape;
  std::vector<float> values;
};

/// The tensors of one file, by name, in the file's order.
///
/// Wrappers (`model`, `state_dict`, `model_ema`) and a `module.` prefix are removed by the reader;
/// anything that is no tensor (optimizer state, argparse.Namespace, …) is left out.
class Checkpoint {
 public:
  /// storage keeps the bytes of all views alive. Throws FormatError if two tensors share a name.
  Checkpoint(std::filesystem::path path, std::string format, std::vector<TensorView> tensors,
             std::map<std::string, std::string> metadata, std::shared_ptr<const void> storage);

  const std::filesystem::path& path() const { return path_; }
  /// "PyTorch zip", "PyTorch legacy" or "safetensors".
  const std::string& format() const { return format_; }
  const std::vector<TensorView>& tensors() const { return tensors_; }
  /// The safetensors `__metadata__`; empty for PyTorch files.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// nullptr if there is no such tensor.
  const TensorView* find(std::string_view name) const;
  /// Throws FormatError naming the file and the tensor if there is no such tensor.
  const TensorView& at(std::string_view name) const;

  /// A copy in which the named tensors have other shapes and values; everything else is shared.
  /// Throws FormatError if one of them is not there.
  Checkpoint with(std::map<std::string, DenseTensor> tensors) const;

 private:
  std::filesystem::path path_;
  std::string format_;
  std::vector<TensorView> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::map<std::string, std::string> metadata_;
  std::shared_ptr<const void> storage_;
};

/// Reads a PyTorch (zip or legacy) or safetensors file; the form is told by its content, never by
/// its name. Runs no code from the file. Throws FormatError for anything unreadable, truncated or
/// hostile, and for a file that holds no tensor.
Checkpoint read_checkpoint(const std::filesystem::path& path);

}  // namespace gfnet::weights
