#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"
#include "checkpoint/tensor_layout.h"

/// The result of the restricted unpickler: tensors and plain containers, nothing else.
namespace gfnet::weights {

/// Index into Pickle::values. Values refer to one another by index. A pickle may therefore hold
/// cycles or nest to any depth, and no function here recurses.
using ValueRef = std::uint32_t;

enum class ValueKind : std::uint8_t {
  kNone,
  kBool,
  kInt,
  /// An integer beyond 64 bits; text holds its little-endian bytes or its decimal digits.
  kBigInt,
  kString,
  kTuple,
  kList,
  kDict,
  /// A class or function, never called. integer is an index into Pickle::globals.
  kGlobal,
  kStorage,
  kTensor,
  /// Any other object. Its content is skipped. text is its class if known.
  kOpaque
};

struct Value {
  ValueKind kind = ValueKind::kNone;
  /// kBool, kInt: the value. kGlobal, kStorage, kTensor: an index into Pickle::globals, storages or
  /// tensors.
  std::int64_t integer = 0;
  /// kString, kBigInt, kGlobal ("module.name"), kOpaque.
  std::string_view text;
  /// kTuple, kList: the items. kDict: key, value, key, value, …, in insertion order.
  std::vector<ValueRef> items;
};

/// The role of a global in a checkpoint.
enum class GlobalKind : std::uint8_t {
  kOther,
  kDict,
  kSize,
  kStorage,
  kDType,
  kRebuildTensor,
  kRebuildTensorV3,
  kRebuildParameter,
  kRebuildFromType
};

struct Global {
  GlobalKind kind = GlobalKind::kOther;
  /// kStorage, kDType: bytes per element; 0 if unknown.
  std::size_t element_size = 0;
  /// kStorage, kDType: the element type; empty if the engine does not support it.
  std::optional<DType> dtype;
};

/// A block of elements in the file, identified by its key. Tensors are views of storages.
struct PickledStorage {
  std::string_view key;
  Global type;
  /// "torch.FloatStorage".
  std::string_view type_name;
  /// Number of elements of the whole block in the file.
  std::int64_t elements = 0;
  /// The range of the block that this storage covers, in elements. Usually the whole block; only
  /// legacy files have storages that cover a part.
  std::int64_t view_offset = 0;
  std::int64_t view_elements = 0;
};

struct PickledTensor {
  /// Index into Pickle::storages.
  std::size_t storage = 0;
  /// Empty if the engine does not support the type.
  std::optional<DType> dtype;
  /// Shape and strides in the storage. The layout's own `dtype` is not set.
  TensorLayout layout;
  /// Why the tensor cannot be read; empty if it can.
  std::string fault;
};

/// One unpickled object. Its texts are views of the bytes that it was read from.
struct Pickle {
  ValueRef root = 0;
  std::vector<Value> values;
  std::vector<Global> globals;
  std::vector<PickledStorage> storages;
  std::vector<PickledTensor> tensors;
  std::set<std::string, std::less<>> global_names;
  /// Size of the pickled object in bytes, including its STOP opcode.
  std::size_t size = 0;

  const Value& root_value() const { return values[root]; }
};

}  // namespace gfnet::weights
