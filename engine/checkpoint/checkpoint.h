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

namespace gfnet::checkpoint {

/// One tensor of a checkpoint: a bounds-checked view of bytes that the Checkpoint keeps alive.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  Shape shape;
  /// For each axis, the distance in elements from one index to the next. Any strides are possible,
  /// because a checkpoint may hold transposed or overlapping views.
  std::vector<std::int64_t> strides;
  /// The stored bytes, from the tensor's first element on. Every element that shape and strides
  /// reach lies inside these bytes.
  std::span<const std::byte> bytes;
  /// If true, the tensor's elements are the stored elements times -1 (PyTorch's neg bit). Never
  /// true for kBool.
  bool negated = false;

  /// Whether the elements are contiguous in row-major order. Strides of axes with one element do
  /// not matter.
  bool is_dense() const;

  /// All elements in row-major order, converted to float. Doubles are rounded; doubles beyond the
  /// range of float become infinite.
  std::vector<float> to_f32() const;
};

/// A tensor that owns its memory, row-major.
struct DenseTensor {
  Shape shape;
  std::vector<float> values;
};

/// The tensors of one file, in the file's order, accessible by name.
///
/// The readers look for the tensors inside wrappers (dictionaries named `model`, `state_dict` or
/// `model_ema`), remove the prefix `module.` from names, and skip everything else in the file
/// (optimizer state, argparse.Namespace, …).
class Checkpoint {
 public:
  /// storage: keeps the bytes of all views alive. Throws FormatError if two tensors share a name.
  Checkpoint(std::filesystem::path path, std::string format, std::vector<TensorView> tensors,
             std::map<std::string, std::string> metadata, std::shared_ptr<const void> storage);

  const std::filesystem::path& path() const { return path_; }
  /// "PyTorch zip", "PyTorch legacy" or "safetensors".
  const std::string& format() const { return format_; }
  const std::vector<TensorView>& tensors() const { return tensors_; }
  /// The texts under `__metadata__` in a safetensors file; empty for PyTorch files.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }

  /// The tensor of that name; nullptr if there is no such tensor.
  const TensorView* find(std::string_view name) const;
  /// The tensor of that name. If there is no such tensor, throws FormatError, which names the file
  /// and the tensor.
  const TensorView& at(std::string_view name) const;

  /// A copy of this checkpoint in which the given tensors replace those of the same names. The copy
  /// shares all other data with this checkpoint. Throws FormatError if this checkpoint has no
  /// tensor of a given name.
  Checkpoint with(std::map<std::string, DenseTensor> tensors) const;

  /// A copy of this checkpoint with memory of its own, so that the bytes of the file may be freed.
  /// Bytes that no tensor reaches are not copied. Tensors that overlap in this checkpoint also
  /// overlap in the copy.
  Checkpoint with_own_bytes() const;

 private:
  std::filesystem::path path_;
  std::string format_;
  std::vector<TensorView> tensors_;
  std::map<std::string, std::size_t, std::less<>> index_;
  std::map<std::string, std::string> metadata_;
  std::shared_ptr<const void> storage_;
};

/// Reads a PyTorch (zip or legacy) or safetensors file. The format is detected from the content,
/// never from the file name. Runs no code from the file. The file must not shrink while the
/// checkpoint or a copy of it exists. Throws FormatError if the file is unreadable, truncated or
/// hostile, or holds no tensor.
Checkpoint read_checkpoint(const std::filesystem::path& path);

/// Reads a PyTorch (zip or legacy) or safetensors file whose bytes are in memory. The checkpoint
/// copies what it needs, so the bytes may be freed afterwards. name: the file's name in messages.
/// Throws FormatError if the file is unreadable, truncated or hostile, or holds no tensor.
Checkpoint read_checkpoint(std::span<const std::byte> bytes, const std::string& name);

}  // namespace gfnet::checkpoint
