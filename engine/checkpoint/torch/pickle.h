#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"
#include "checkpoint/tensor_layout.h"

/// What Unpickler reads from a pickle: integers, strings, containers and tensors. The content of
/// all other objects is skipped.
namespace gfnet::checkpoint {

/// Index into Pickle::values. Values refer to one another by index, not by pointer, so a hostile
/// pickle with cycles or deep nesting causes no deep recursion.
using ValueRef = std::uint32_t;

enum class ValueKind : std::uint8_t {
  kNone,
  kBool,
  kInt,
  /// An integer beyond 64 bits. Value::text holds the integer's little-endian bytes or decimal
  /// digits.
  kBigInt,
  kString,
  kTuple,
  kList,
  kDict,
  /// A class or function, never called. Value::integer is its index in Pickle::globals.
  kGlobal,
  kStorage,
  kTensor,
  /// Any other object. The object's content is skipped. Value::text is the name of the object's
  /// class, if known.
  kOpaque
};

struct Value {
  ValueKind kind = ValueKind::kNone;
  /// kBool, kInt: the value. kTuple, kList, kDict: an index into Pickle::containers. kGlobal: an
  /// index into Pickle::globals. kStorage: an index into Pickle::storages. kTensor: an index into
  /// Pickle::tensors. kOpaque: 1 if the object is a torch.nn.Module.
  std::int64_t integer = 0;
  /// kString: the string. kBigInt: the number (see ValueKind). kGlobal: "module.name". kStorage,
  /// kTensor, kOpaque: the name of the class.
  std::string_view text;
};

/// A value of kind kInt, or of another kind that Value::integer describes.
inline Value integer_value(std::int64_t number, ValueKind kind = ValueKind::kInt) {
  Value value;
  value.kind = kind;
  value.integer = number;
  return value;
}

/// A value of a kind that Value::text describes.
inline Value text_value(ValueKind kind, std::string_view text) {
  Value value;
  value.kind = kind;
  value.text = text;
  return value;
}

/// What a global means to the unpickler. A global is a class or function that a pickle refers to by
/// name.
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
  /// Bytes per element, for kStorage and kDType; 0 if unknown.
  std::size_t element_size = 0;
  /// The element type, for kStorage and kDType; empty if the engine does not support it. For
  /// complex numbers: the type of the real and the imaginary part.
  std::optional<DType> dtype;
  bool complex = false;
};

/// A PyTorch storage: a block of elements in the file, or a part of such a block. Tensors are views
/// of storages. key: identifies the block in the file.
struct PickledStorage {
  std::string_view key;
  Global type;
  /// Name of the storage's class, such as "torch.FloatStorage".
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
  /// Type of the elements; empty if the engine does not support it.
  std::optional<DType> dtype;
  /// Name of the type: "torch.FloatStorage" or "torch.float32".
  std::string_view type_name;
  /// Offset, shape and strides in the storage. TensorLayout::dtype is not set; `dtype` above is
  /// valid.
  TensorLayout layout;
  /// Why the tensor cannot be read, as text for a message; empty if the tensor can be read.
  std::string fault;
};

/// One unpickled object. The string_views of a Pickle point into the bytes that the object was read
/// from. These bytes must outlive the Pickle. The collections that a hostile pickle can make long
/// are deques, because these never need twice their memory to grow.
struct Pickle {
  using Items = std::vector<ValueRef>;

  ValueRef root = 0;
  std::deque<Value> values;
  /// The items of tuples and lists; of dictionaries: key, value, key, value, …, in insertion order.
  std::deque<Items> containers;
  std::vector<Global> globals;
  std::deque<PickledStorage> storages;
  std::deque<PickledTensor> tensors;
  std::set<std::string, std::less<>> global_names;
  /// Size of the pickled object in bytes, including its STOP opcode.
  std::size_t size = 0;

  const Value& root_value() const { return values[root]; }
  /// The items of a tuple, list or dictionary; none for other values.
  const Items& items(const Value& value) const {
    static const Items kNoItems;
    const bool is_container = value.kind == ValueKind::kTuple || value.kind == ValueKind::kList ||
                              value.kind == ValueKind::kDict;
    return is_container ? containers[static_cast<std::size_t>(value.integer)] : kNoItems;
  }
};

}  // namespace gfnet::checkpoint
