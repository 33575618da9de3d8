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
  /// kBool, kInt: the value. kGlobal: an index into Pickle::globals. kStorage: an index into
  /// Pickle::storages. kTensor: an index into Pickle::tensors.
  std::int64_t integer = 0;
  /// kString: the string. kBigInt: the number (see ValueKind). kGlobal: "module.name". kStorage,
  /// kTensor, kOpaque: the name of the class.
  std::string_view text;
  /// kTuple, kList: the items. kDict: key, value, key, value, …, in insertion order.
  std::vector<ValueRef> items;
};

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
  /// The element type, for kStorage and kDType; empty if the engine does not support it.
  std::optional<DType> dtype;
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
  /// Offset, shape and strides in the storage. TensorLayout::dtype is not set; `dtype` above is
  /// valid.
  TensorLayout layout;
  /// Why the tensor cannot be read, as text for a message; empty if the tensor can be read.
  std::string fault;
};

/// One unpickled object. The string_views of a Pickle point into the bytes that the object was read
/// from. These bytes must outlive the Pickle.
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

}  // namespace gfnet::checkpoint
