#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"
#include "weights/tensor_layout.h"

/// What a restricted unpickler makes of one pickle: tensors and plain containers, nothing else.
namespace gfnet::weights {

/// Index into Pickle::values. Values refer to one another by index, so that a pickle may hold
/// cycles or nest to any depth without any function here recursing.
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
  /// A class or function, never called; integer is an index into Pickle::globals.
  kGlobal,
  kStorage,
  kTensor,
  /// Anything else: stepped over. text is its class where known.
  kOpaque
};

struct Value {
  ValueKind kind = ValueKind::kNone;
  /// kBool, kInt: the value. kGlobal, kStorage, kTensor: an index into the Pickle's table of that
  /// kind.
  std::int64_t integer = 0;
  /// kString, kBigInt, kGlobal ("module.name"), kOpaque.
  std::string_view text;
  /// kTuple, kList: the items. kDict: key, value, key, value, … in order of insertion.
  std::vector<ValueRef> items;
};

/// What a global is, as far as a checkpoint is concerned.
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
  /// kStorage, kDType: bytes per element; 0 where unknown.
  std::size_t element_size = 0;
  /// kStorage, kDType: empty for element types that the engine does not have.
  std::optional<DType> dtype;
};

/// A block of elements that tensors view, named by its key.
struct PickledStorage {
  std::string_view key;
  Global type;
  /// "torch.FloatStorage".
  std::string_view type_name;
  /// Elements of the whole block in the file.
  std::int64_t elements = 0;
  /// The part of the block that is this storage (legacy form only).
  std::int64_t view_offset = 0;
  std::int64_t view_elements = 0;
};

struct PickledTensor {
  /// Index into Pickle::storages.
  std::size_t storage = 0;
  /// Empty where the engine has no such type.
  std::optional<DType> dtype;
  /// dtype is not set in it.
  TensorLayout layout;
};

/// One unpickled object. Its texts view the bytes it was read from.
struct Pickle {
  ValueRef root = 0;
  std::vector<Value> values;
  std::vector<Global> globals;
  std::vector<PickledStorage> storages;
  std::vector<PickledTensor> tensors;
  std::set<std::string, std::less<>> global_names;
  /// Bytes that the object took, its STOP included.
  std::size_t size = 0;

  const Value& root_value() const { return values[root]; }
};

}  // namespace gfnet::weights
