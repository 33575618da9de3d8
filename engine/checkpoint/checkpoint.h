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
#include "gfnet/error.h"
#include "gfnet/shape.h"

namespace gfnet::checkpoint {

/// One tensor of a checkpoint: a bounds-checked view of bytes that the Checkpoint keeps alive.
struct TensorView {
  std::string name;
  DType dtype = DType::kF32;
  Shape shape;
  /// For each axis, the distance in elements from one index to the next. Any strides are possible,
  /// because a checkpoint may hold transposed or overlapping views. 0 for axes with one element.
  std::vector<std::int64_t> strides;
  /// The stored bytes, from the tensor's first element on. Every element that shape and strides
  /// reach lies inside these bytes.
  std::span<const std::byte> bytes;
  /// If true, the tensor's elements are the stored elements times -1 (PyTorch's neg bit). Never
  /// true for kBool.
  bool negated = false;
  /// If true, every element with an odd index on the last axis is the stored element times -1, in
  /// addition to `negated`. The last axis has two elements then: the real and the imaginary part of
  /// a complex number, so the numbers are conjugated (PyTorch's conj bit).
  bool conjugated = false;

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

/// Named tensors of one file, in the file's order.
class Checkpoint {
 public:
  /// Entries that cannot be read as tensors, by name, with the error that says why.
  using Unreadable = std::map<std::string, FormatError, std::less<>>;

  /// storage: keeps the bytes of all views alive. Throws FormatError if two tensors share a name.
  Checkpoint(std::filesystem::path path, std::string format, std::vector<TensorView> tensors,
             std::map<std::string, std::string> metadata, std::shared_ptr<const void> storage,
             Unreadable unreadable = {});

  const std::filesystem::path& path() const { return path_; }
  /// "PyTorch zip", "PyTorch legacy", "safetensors" or "safetensors, sharded".
  const std::string& format() const { return format_; }
  const std::vector<TensorView>& tensors() const { return tensors_; }
  /// The texts under `__metadata__` in a safetensors file; empty for PyTorch files.
  const std::map<std::string, std::string>& metadata() const { return metadata_; }
  /// The entries that find() and at() throw for, if they are asked for them.
  const Unreadable& unreadable() const { return unreadable_; }

  /// The tensor of that name; nullptr if there is no such tensor. Throws FormatError if the file
  /// has an entry of that name that cannot be read as a tensor.
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
  Unreadable unreadable_;
};

}  // namespace gfnet::checkpoint
