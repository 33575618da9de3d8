#include <fmt/format.h>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "checkpoint/torch/pickle_globals.h"
#include "checkpoint/torch/unpickler.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::size_t kMaxGlobalName = 512;
constexpr std::size_t kMaxGlobals = 4096;
/// Largest length of a storage's key in bytes. PyTorch's keys are numbers. A limit is needed
/// because a hostile pickle may use one long key for very many storages.
constexpr std::size_t kMaxStorageKey = 256;
/// Costs in units of the unpickler's budget, in addition to those of opcodes and values.
constexpr std::size_t kTensorCost = 8;
constexpr std::size_t kStorageCost = 4;

/// What pickle.dump writes for a storage: the call of a function that unpickles bytes.
constexpr std::string_view kStorageInPickle = "torch.storage._load_from_bytes";

Value indexed_value(ValueKind kind, std::size_t index, std::string_view text) {
  Value value;
  value.kind = kind;
  value.integer = static_cast<std::int64_t>(index);
  value.text = text;
  return value;
}

}  // namespace

bool Unpickler::read_object(std::uint8_t op) {
  switch (op) {
    case 'c': {  // GLOBAL
      const std::string_view module = stream_.line();
      push_global(module, stream_.line());
      return true;
    }
    case 0x93: {  // STACK_GLOBAL
      const Value& name = value(pop());
      const Value& module = value(pop());
      if (name.kind != ValueKind::kString || module.kind != ValueKind::kString) {
        fail("refers to a global by a name that is not a string");
      }
      push_global(module.text, name.text);
      return true;
    }
    case 'i': {  // INST: module and name; arguments since the mark
      const std::string_view module = stream_.line();
      push_global(module, stream_.line());
      const ValueRef type = pop();
      pop_to_mark();
      push(add_opaque(value(type).text));
      return true;
    }
    case 'o': {  // OBJ: class and arguments since the mark
      const Pickle::Items items = pop_to_mark();
      if (items.empty()) fail("creates an object without a class");
      push(add_opaque(value(items[0]).text));
      return true;
    }
    case 0x82:  // EXT1
    case 0x83:  // EXT2
    case 0x84:  // EXT4: an entry of a registry outside the file
      stream_.number(std::size_t{1} << (op - 0x82u));
      push(add_opaque("extension"));
      return true;
    case 0x92:  // NEWOBJ_EX: class, arguments, keyword arguments
      pop();
      [[fallthrough]];
    case 0x81:   // NEWOBJ: class, arguments
    case 'R': {  // REDUCE: function, arguments
      const ValueRef arguments = pop();
      const ValueRef function = pop();
      push(call(function, arguments));
      return true;
    }
    case 'b': {  // BUILD: the attributes of an object
      const ValueRef state = pop();
      set_state(top(), state);
      return true;
    }
    case 'P':  // PERSID
      stream_.line();
      push(add_opaque("persistent object"));
      return true;
    case 'Q':  // BINPERSID
      push(resolve_persistent(pop()));
      return true;
    default:
      return false;
  }
}

void Unpickler::push_global(std::string_view module, std::string_view name) {
  // Both may be long strings from the memo. Limiting length and number bounds the memory of their
  // concatenations.
  if (module.size() + name.size() > kMaxGlobalName) fail("has an overlong global name");
  const std::string full = fmt::format("{}.{}", module, name);
  if (is_refused(module, name)) {
    fail(fmt::format("refused: the pickle asks for {}, which no checkpoint needs", excerpt(full)));
  }
  const auto known = global_values_.find(full);
  if (known != global_values_.end()) return push(known->second);
  if (pickle_.globals.size() >= kMaxGlobals) fail("refers to more globals than any checkpoint");
  pickle_.globals.push_back(classify_global(module, name));
  const std::string_view text = *pickle_.global_names.insert(full).first;
  const ValueRef ref = add(indexed_value(ValueKind::kGlobal, pickle_.globals.size() - 1, text));
  global_values_.emplace(text, ref);
  push(ref);
}

ValueRef Unpickler::call(ValueRef function, ValueRef arguments) {
  const Value& callee = value(function);
  if (callee.kind != ValueKind::kGlobal) return add_opaque(callee.text);
  const Global global = pickle_.globals[static_cast<std::size_t>(callee.integer)];
  if (global.kind != GlobalKind::kRebuildFromType) {
    return call_known(global, callee.text, arguments);
  }
  // A tensor with attributes: (function, class, function's arguments, attributes). PyTorch writes
  // one level. Deeper nesting is not followed, because it would have no bound.
  const Value* inner = item(arguments, 0);
  if (inner == nullptr || inner->kind != ValueKind::kGlobal || item(arguments, 2) == nullptr) {
    return add_opaque(callee.text);
  }
  return call_known(pickle_.globals[static_cast<std::size_t>(inner->integer)], inner->text,
                    items(arguments)[2]);
}

ValueRef Unpickler::call_known(const Global& global, std::string_view name, ValueRef arguments) {
  switch (global.kind) {
    case GlobalKind::kDict:
      return make_dict(arguments);
    case GlobalKind::kRebuildTensor:
      return make_tensor(arguments, false);
    case GlobalKind::kRebuildTensorV3:
      return make_tensor(arguments, true);
    case GlobalKind::kSize:
    case GlobalKind::kRebuildParameter:
      if (item(arguments, 0) != nullptr) return items(arguments)[0];
      break;
    case GlobalKind::kOther:
    case GlobalKind::kStorage:
    case GlobalKind::kDType:
    case GlobalKind::kRebuildFromType:
      break;
  }
  return add_opaque(name);
}

/// Makes the result of a call of OrderedDict. arguments: none, or a list of (key, value) pairs or a
/// dictionary.
ValueRef Unpickler::make_dict(ValueRef arguments) {
  Pickle::Items entries;
  if (const Value* pairs = item(arguments, 0); pairs != nullptr) {
    const Pickle::Items& source = pickle_.items(*pairs);
    charge(source.size());
    if (pairs->kind == ValueKind::kDict) {
      entries = source;
    } else {
      for (const ValueRef pair : source) {
        if (item(pair, 1) == nullptr) fail("has a dictionary whose items are not pairs");
        entries.push_back(items(pair)[0]);
        entries.push_back(items(pair)[1]);
      }
    }
  }
  return add_container(ValueKind::kDict, std::move(entries));
}

/// Makes the tensor that a call of one of these PyTorch functions describes. The functions and
/// their arguments:
/// _rebuild_tensor[_v2]: (storage, offset, size, strides[, requires_grad, hooks, metadata]).
/// _rebuild_tensor_v3: (storage, offset, size, strides, requires_grad, hooks, dtype[, metadata]).
/// with_dtype: whether the function is _rebuild_tensor_v3.
ValueRef Unpickler::make_tensor(ValueRef arguments, bool with_dtype) {
  const Value* storage = item(arguments, 0);
  if (storage != nullptr && storage->kind == ValueKind::kOpaque &&
      storage->text == kStorageInPickle) {
    return add_opaque(kStorageInPickle);
  }
  if (storage == nullptr || storage->kind != ValueKind::kStorage || item(arguments, 3) == nullptr) {
    fail("has a tensor without a storage");
  }
  charge(kTensorCost);
  PickledTensor tensor;
  tensor.storage = static_cast<std::size_t>(storage->integer);
  tensor.dtype = pickle_.storages[tensor.storage].type.dtype;
  tensor.layout.complex = pickle_.storages[tensor.storage].type.complex;
  tensor.type_name = pickle_.storages[tensor.storage].type_name;
  if (with_dtype) {
    const Value* dtype = item(arguments, 6);
    if (dtype == nullptr || dtype->kind != ValueKind::kGlobal) fail("has a tensor without a type");
    const Global& global = pickle_.globals[static_cast<std::size_t>(dtype->integer)];
    tensor.dtype = global.kind == GlobalKind::kDType ? global.dtype : std::nullopt;
    tensor.layout.complex = global.complex;
    tensor.type_name = dtype->text;
  }
  const Pickle::Items& parts = items(arguments);
  tensor.layout.offset = count_of(parts[1], "offset");
  tensor.layout.shape = extents(parts[2]);
  tensor.layout.strides = extents(parts[3]);
  if (tensor.layout.shape.size() != tensor.layout.strides.size()) {
    fail("has a tensor with different numbers of sizes and strides");
  }
  const Value* metadata = item(arguments, with_dtype ? 7 : 6);
  if (metadata != nullptr) apply_metadata(tensor, *metadata);
  pickle_.tensors.push_back(std::move(tensor));
  return add(indexed_value(ValueKind::kTensor, pickle_.tensors.size() - 1, "torch.Tensor"));
}

/// Applies the metadata of a pickled tensor: None or {bit: bool}. If a bit is true, the tensor's
/// elements are the stored elements negated (bit "neg") or conjugated (bit "conj"). Source:
/// torch/_utils.py, set_tensor_metadata.
void Unpickler::apply_metadata(PickledTensor& tensor, const Value& metadata) {
  if (metadata.kind == ValueKind::kNone) return;
  if (metadata.kind != ValueKind::kDict) {
    tensor.fault = "has metadata that is not a dictionary";
    return;
  }
  const Pickle::Items& bits = pickle_.items(metadata);
  charge(bits.size());
  for (std::size_t i = 0; i + 1 < bits.size(); i += 2) {
    const Value& name = value(bits[i]);
    const Value& bit = value(bits[i + 1]);
    if (name.kind == ValueKind::kString && bit.kind == ValueKind::kBool) {
      if (name.text == "neg" || name.text == "conj") {
        (name.text == "neg" ? tensor.layout.negated : tensor.layout.conjugated) = bit.integer != 0;
        continue;
      }
      if (bit.integer == 0) continue;
    }
    const std::string bit_name = name.kind == ValueKind::kString ? excerpt(name.text) : "?";
    tensor.fault =
        fmt::format("has the bit '{}' in its metadata, which cannot be applied", bit_name);
    return;
  }
}

/// Handles a call of __setstate__. An object with the attributes of a torch.nn.Module is marked as
/// one. A tensor whose state begins with a storage or a tensor, as in (storage, offset, size,
/// strides), would be given its elements by the state. The engine does not support this, so the
/// tensor is marked as unreadable (PickledTensor::fault). All other calls are ignored.
void Unpickler::set_state(ValueRef object, ValueRef state) {
  const Value& target = value(object);
  if (target.kind == ValueKind::kOpaque && value(state).kind == ValueKind::kDict) {
    const Pickle::Items& attributes = items(state);
    charge(attributes.size() / 2);
    for (std::size_t i = 0; i + 1 < attributes.size(); i += 2) {
      const Value& name = value(attributes[i]);
      if (name.kind == ValueKind::kString && name.text == "_parameters") {
        pickle_.values[object].integer = 1;
      }
    }
  }
  if (target.kind != ValueKind::kTensor) return;
  const Value* first = item(state, 0);
  if (first == nullptr ||
      (first->kind != ValueKind::kStorage && first->kind != ValueKind::kTensor)) {
    return;
  }
  pickle_.tensors[static_cast<std::size_t>(target.integer)].fault =
      "is given its elements by __setstate__, which is not supported";
}

/// Resolves a pickle's persistent id, which is a tuple. ('storage', …) stands for a storage,
/// ('module', class, file, source) for a class with its source code.
ValueRef Unpickler::resolve_persistent(ValueRef id) {
  const Value* kind = item(id, 0);
  if (kind == nullptr || kind->kind != ValueKind::kString) return add_opaque("persistent object");
  if (kind->text == "storage") return make_storage(id);
  if (kind->text == "module" && item(id, 1) != nullptr) return items(id)[1];
  return add_opaque("persistent object");
}

/// Adds a storage to the pickle and returns its ValueRef. id: the tuple ('storage', type, key,
/// device, elements[, view]), where view is None or (key, offset, elements).
ValueRef Unpickler::make_storage(ValueRef id) {
  if (item(id, 4) == nullptr) fail("has an incomplete storage");
  const Pickle::Items& parts = items(id);
  const Value& type = value(parts[1]);
  const Value& key = value(parts[2]);
  if (type.kind != ValueKind::kGlobal || key.kind != ValueKind::kString) {
    fail("has a storage without a type or a key");
  }
  if (key.text.size() > kMaxStorageKey) fail("has a storage with an overlong key");
  charge(kStorageCost);
  PickledStorage storage;
  storage.key = key.text;
  storage.type = pickle_.globals[static_cast<std::size_t>(type.integer)];
  storage.type_name = type.text;
  if (storage.type.kind != GlobalKind::kStorage) {
    fail("has a storage of the unknown type " + excerpt(type.text));
  }
  storage.elements = count_of(parts[4], "storage size");
  storage.view_elements = storage.elements;
  if (const Value* view = item(id, 5); view != nullptr && view->kind == ValueKind::kTuple) {
    const Pickle::Items& range = pickle_.items(*view);
    if (range.size() != 3) fail("has an incomplete storage view");
    storage.view_offset = count_of(range[1], "storage view offset");
    storage.view_elements = count_of(range[2], "storage view size");
    const auto end = checked_add(storage.view_offset, storage.view_elements);
    if (!end || *end > storage.elements) fail("has a view that reaches beyond its storage");
  }
  pickle_.storages.push_back(storage);
  return add(indexed_value(ValueKind::kStorage, pickle_.storages.size() - 1, type.text));
}

std::vector<std::int64_t> Unpickler::extents(ValueRef tuple) {
  const Value& list = value(tuple);
  if (list.kind != ValueKind::kTuple && list.kind != ValueKind::kList) {
    fail("has a tensor whose size is not a tuple");
  }
  const Pickle::Items& parts = pickle_.items(list);
  if (parts.size() > kMaxRank) fail("has a tensor of too many dimensions");
  charge(parts.size());
  std::vector<std::int64_t> numbers;
  numbers.reserve(parts.size());
  for (const ValueRef number : parts) numbers.push_back(count_of(number, "tensor size"));
  return numbers;
}

std::int64_t Unpickler::count_of(ValueRef number, const char* what) {
  const Value& count = value(number);
  if (count.kind != ValueKind::kInt) {
    fail(fmt::format("has a {} that is not a 64-bit integer", what));
  }
  if (count.integer < 0) fail(std::string("has a negative ") + what);
  return count.integer;
}

/// The item at index `index` of a tuple or list. nullptr if the index is too large, or if
/// `container` is neither a tuple nor a list.
const Value* Unpickler::item(ValueRef container, std::size_t index) const {
  const Value& list = value(container);
  const bool indexable = list.kind == ValueKind::kTuple || list.kind == ValueKind::kList;
  if (!indexable || index >= pickle_.items(list).size()) return nullptr;
  return &value(pickle_.items(list)[index]);
}

}  // namespace gfnet::checkpoint
