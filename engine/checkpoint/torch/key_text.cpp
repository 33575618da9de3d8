#include "checkpoint/torch/key_text.h"

#include <fmt/format.h>

#include "checkpoint/torch/object_kind.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::size_t kMostBytes = 64;
constexpr std::size_t kMostItems = 8;

/// The text without what follows after kMostKindBytes. No letter is cut in two.
std::string shortened(std::string text) {
  constexpr std::size_t kMostKindBytes = 32;
  if (text.size() <= kMostKindBytes) return text;
  std::size_t end = kMostKindBytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0u) == 0x80u) --end;
  text.resize(end);
  return text;
}

/// The text of a number, a boolean or None, or of a string within a tuple. Empty for other values.
std::string simple_text(const Value& value) {
  switch (value.kind) {
    case ValueKind::kNone:
      return "None";
    case ValueKind::kBool:
      return value.integer != 0 ? "True" : "False";
    case ValueKind::kInt:
      return std::to_string(value.integer);
    case ValueKind::kString:
      return value.text.size() < kMostBytes ? fmt::format("'{}'", value.text) : "";
    default:
      return "";
  }
}

/// The text of a tuple of simple values. Empty for other tuples.
std::string tuple_text(const Pickle& pickle, const Pickle::Items& items) {
  if (items.size() > kMostItems) return "";
  std::string text;
  for (const ValueRef item : items) {
    const std::string part = simple_text(pickle.values[item]);
    if (part.empty()) return "";
    text += (text.empty() ? "" : ", ") + part;
  }
  return fmt::format("({}{})", text, items.size() == 1 ? "," : "");
}

}  // namespace

std::string key_text(const Pickle& pickle, const Value& key, std::size_t position) {
  const std::string text =
      key.kind == ValueKind::kTuple ? tuple_text(pickle, pickle.items(key)) : simple_text(key);
  return !text.empty() && text.size() <= kMostBytes
             ? text
             : fmt::format("{}#{}", shortened(kind_of(pickle, key)), position);
}

}  // namespace gfnet::checkpoint
