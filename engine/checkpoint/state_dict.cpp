#include "checkpoint/state_dict.h"

#include <fmt/format.h>

#include <array>
#include <optional>
#include <unordered_map>

#include "base/utf8.h"
#include "checkpoint/checked_math.h"
#include "gfnet/error.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::array<std::string_view, 3> kWrappers = {"model", "state_dict", "model_ema"};
/// How many wrapper keys (kWrappers), one inside the other, the search follows. A limit is needed
/// because a hostile dictionary may contain itself.
constexpr int kMaxWrapperDepth = 2;

const Value* lookup(const Pickle& pickle, const Value& dict, std::string_view key) {
  // If a key occurs twice, the last one counts, as in Python.
  for (std::size_t i = dict.items.size(); i >= 2; i -= 2) {
    const Value& candidate = pickle.values[dict.items[i - 2]];
    if (candidate.kind == ValueKind::kString && candidate.text == key) {
      return &pickle.values[dict.items[i - 1]];
    }
  }
  return nullptr;
}

bool holds_tensor(const Pickle& pickle, const Value& dict) {
  for (std::size_t i = 0; i + 1 < dict.items.size(); i += 2) {
    const bool named = pickle.values[dict.items[i]].kind == ValueKind::kString;
    if (named && pickle.values[dict.items[i + 1]].kind == ValueKind::kTensor) return true;
  }
  return false;
}

const Value* find_state_dict(const Pickle& pickle, const Value& object, int depth) {
  if (object.kind != ValueKind::kDict) return nullptr;
  for (const std::string_view key : kWrappers) {
    if (depth == kMaxWrapperDepth) break;
    const Value* inner = lookup(pickle, object, key);
    if (inner == nullptr) continue;
    if (const Value* found = find_state_dict(pickle, *inner, depth + 1)) return found;
  }
  return holds_tensor(pickle, object) ? &object : nullptr;
}

std::string describe(const Value& object) {
  switch (object.kind) {
    case ValueKind::kDict:
      return "a dictionary without tensors";
    case ValueKind::kTuple:
    case ValueKind::kList:
      return "a list";
    case ValueKind::kTensor:
      return "a single tensor";
    case ValueKind::kOpaque:
      return "an object of class " + excerpt(object.text);
    default:
      return "a single value";
  }
}

TensorView view_tensor(const std::filesystem::path& path, const Pickle& pickle,
                       const PickledTensor& tensor, const std::string& name,
                       const StorageReader& read_storage) {
  const PickledStorage& storage = pickle.storages[tensor.storage];
  if (!tensor.dtype) {
    throw FormatError(
        path, fmt::format("has an unsupported element type ({})", excerpt(storage.type_name)),
        excerpt(name));
  }
  if (!tensor.fault.empty()) throw FormatError(path, tensor.fault, excerpt(name));
  std::span<const std::byte> bytes = read_storage(storage, name);
  // read_storage has verified that there are storage.elements elements, so the view lies inside.
  const std::size_t width = storage.type.element_size;
  bytes = bytes.subspan(static_cast<std::size_t>(storage.view_offset) * width,
                        static_cast<std::size_t>(storage.view_elements) * width);
  TensorLayout layout = tensor.layout;
  layout.dtype = *tensor.dtype;
  return make_view(path, name, std::move(layout), bytes);
}

}  // namespace

std::string_view without_module_prefix(std::string_view name) {
  constexpr std::string_view kPrefix = "module.";
  while (name.starts_with(kPrefix) && name.size() > kPrefix.size()) {
    name.remove_prefix(kPrefix.size());
  }
  return name;
}

std::vector<TensorView> read_state_dict(const std::filesystem::path& path, const Pickle& pickle,
                                        const StorageReader& storage) {
  const Value* dict = find_state_dict(pickle, pickle.root_value(), 0);
  if (dict == nullptr) {
    throw FormatError(
        path, fmt::format(
                  "holds {}; a state dict is needed, bare or under model, state_dict or model_ema",
                  describe(pickle.root_value())));
  }
  // A name that occurs twice keeps its first position and its last value, as in Python.
  std::vector<std::pair<std::string_view, ValueRef>> entries;
  std::unordered_map<std::string_view, std::size_t> places;
  for (std::size_t i = 0; i + 1 < dict->items.size(); i += 2) {
    const Value& key = pickle.values[dict->items[i]];
    if (key.kind != ValueKind::kString) continue;
    const auto [place, added] = places.emplace(key.text, entries.size());
    if (added) entries.emplace_back(key.text, ValueRef{0});
    entries[place->second].second = dict->items[i + 1];
  }
  std::vector<TensorView> tensors;
  for (const auto& [key, ref] : entries) {
    const Value& value = pickle.values[ref];
    if (value.kind != ValueKind::kTensor) continue;
    const PickledTensor& tensor = pickle.tensors[static_cast<std::size_t>(value.integer)];
    const std::string name(without_module_prefix(key));
    tensors.push_back(view_tensor(path, pickle, tensor, name, storage));
  }
  return tensors;
}

}  // namespace gfnet::checkpoint
