#include "checkpoint/torch/unpickler.h"

#include <fmt/format.h>

namespace gfnet::checkpoint {
namespace {

/// What one pickle may cost (see Unpickler). A training checkpoint with a thousand tensors and its
/// optimizer needs about 0.2 million units. With this budget a pickle takes less than 128 MB.
constexpr std::size_t kBudget = std::size_t{1} << 22;
/// Costs in addition to that of the opcode. A unit stands for about 30 bytes.
constexpr std::size_t kValueCost = 1;
constexpr std::size_t kContainerCost = 2;
constexpr std::uint8_t kHighestProtocol = 5;

std::string hexadecimal(std::uint8_t op) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  return {'0', 'x', kDigits[op >> 4], kDigits[op & 15]};
}

}  // namespace

Unpickler::Unpickler(const std::filesystem::path& path, std::span<const std::byte> bytes,
                     std::int64_t origin)
    : stream_(path, bytes, origin), budget_(kBudget) {
  booleans_.fill(kNothing);
  bytes_.fill(kNothing);
}

Unpickler::Unpickler(FileBytes& file, std::uint64_t origin)
    : stream_(file, origin), budget_(kBudget) {
  booleans_.fill(kNothing);
  bytes_.fill(kNothing);
}

Pickle Unpickler::read() {
  for (;;) {
    charge(1);
    const std::uint8_t op = stream_.byte();
    if (op == '.') break;
    const bool known = read_number(op) || read_text(op) || read_container(op) ||
                       read_stack_or_memo(op) || read_object(op);
    if (!known) fail(fmt::format("is not a pickle (unknown opcode {})", hexadecimal(op)));
  }
  pickle_.root = pop();
  pickle_.size = stream_.position();
  return std::move(pickle_);
}

bool Unpickler::read_text(std::uint8_t op) {
  const auto push_string = [this](std::string_view text) {
    push_value(text_value(ValueKind::kString, text));
  };
  switch (op) {
    case 'U':   // SHORT_BINSTRING
    case 0x8C:  // SHORT_BINUNICODE
      push_string(stream_.bytes(stream_.number(1)));
      return true;
    case 'T':  // BINSTRING
    case 'X':  // BINUNICODE
      push_string(stream_.bytes(stream_.number(4)));
      return true;
    case 0x8D:  // BINUNICODE8
      push_string(stream_.bytes(stream_.number(8)));
      return true;
    case 'V':  // UNICODE
      // Escapes are not decoded: torch.save cannot write protocol 0, so no tensor name has this
      // form.
      push_string(stream_.line());
      return true;
    case 'S': {  // STRING
      const std::string_view quoted = stream_.line();
      if (quoted.size() < 2 || quoted.front() != quoted.back()) fail("has an unquoted string");
      push_string(quoted.substr(1, quoted.size() - 2));
      return true;
    }
    case 'C':  // SHORT_BINBYTES
      stream_.bytes(stream_.number(1));
      push(shared(text_bytes_, text_value(ValueKind::kOpaque, "bytes")));
      return true;
    case 'B':  // BINBYTES
      stream_.bytes(stream_.number(4));
      push(shared(text_bytes_, text_value(ValueKind::kOpaque, "bytes")));
      return true;
    case 0x8E:  // BINBYTES8
    case 0x96:  // BYTEARRAY8
      stream_.bytes(stream_.number(8));
      push(shared(text_bytes_, text_value(ValueKind::kOpaque, "bytes")));
      return true;
    default:
      return false;
  }
}

bool Unpickler::read_container(std::uint8_t op) {
  switch (op) {
    case ']':  // EMPTY_LIST
    case '}':  // EMPTY_DICT
      push(add_container(op == ']' ? ValueKind::kList : ValueKind::kDict, {}));
      return true;
    case ')':  // EMPTY_TUPLE
      if (empty_tuple_ == kNothing) empty_tuple_ = add_container(ValueKind::kTuple, {});
      push(empty_tuple_);
      return true;
    case 0x8F:  // EMPTY_SET
      push(add_opaque("set"));
      return true;
    case 'l':  // LIST
      push(add_container(ValueKind::kList, pop_to_mark()));
      return true;
    case 't':  // TUPLE
      push(add_container(ValueKind::kTuple, pop_to_mark()));
      return true;
    case 0x85:  // TUPLE1
    case 0x86:  // TUPLE2
    case 0x87:  // TUPLE3
      push_tuple(op - 0x84u);
      return true;
    case 0x91:  // FROZENSET
      pop_to_mark();
      push(add_opaque("frozenset"));
      return true;
    case 'd': {  // DICT
      const Pickle::Items items = pop_to_mark();
      push(add_container(ValueKind::kDict, {}));
      append_items(items, ValueKind::kDict);
      return true;
    }
    case 'a': {  // APPEND
      const ValueRef item = pop();
      append_items({item}, ValueKind::kList);
      return true;
    }
    case 's': {  // SETITEM
      const ValueRef item = pop();
      const ValueRef key = pop();
      append_items({key, item}, ValueKind::kDict);
      return true;
    }
    case 'e':  // APPENDS
      append_items(pop_to_mark(), ValueKind::kList);
      return true;
    case 'u':  // SETITEMS
      append_items(pop_to_mark(), ValueKind::kDict);
      return true;
    case 0x90:  // ADDITEMS
      append_items(pop_to_mark(), ValueKind::kOpaque);
      return true;
    default:
      return false;
  }
}

bool Unpickler::read_stack_or_memo(std::uint8_t op) {
  switch (op) {
    case 0x80: {  // PROTO
      const std::uint8_t protocol = stream_.byte();
      if (protocol > kHighestProtocol) fail(fmt::format("has unknown protocol {}", protocol));
      return true;
    }
    case 0x95:  // FRAME
      if (stream_.number(8) > stream_.remaining()) fail("the pickle is truncated");
      return true;
    case '(':  // MARK
      marks_.push_back(stack_.size());
      return true;
    case '0':  // POP
      if (!marks_.empty() && marks_.back() == stack_.size()) {
        marks_.pop_back();
      } else {
        pop();
      }
      return true;
    case '1':  // POP_MARK
      pop_to_mark();
      return true;
    case '2':  // DUP
      push(top());
      return true;
    case 'g':  // GET
      recall(memo_slot());
      return true;
    case 'h':  // BINGET
      recall(stream_.number(1));
      return true;
    case 'j':  // LONG_BINGET
      recall(stream_.number(4));
      return true;
    case 'p':  // PUT
      remember(memo_slot());
      return true;
    case 'q':  // BINPUT
      remember(stream_.number(1));
      return true;
    case 'r':  // LONG_BINPUT
      remember(stream_.number(4));
      return true;
    case 0x94:  // MEMOIZE
      remember(remembered_);
      return true;
    case 0x97:  // NEXT_BUFFER
      fail("refers to a buffer outside of the file");
    case 0x98:  // READONLY_BUFFER
      top();
      return true;
    default:
      return false;
  }
}

ValueRef Unpickler::add(Value value) {
  charge(kValueCost);
  pickle_.values.push_back(std::move(value));
  return static_cast<ValueRef>(pickle_.values.size() - 1);
}

ValueRef Unpickler::add_container(ValueKind kind, Pickle::Items items) {
  charge(kContainerCost);
  pickle_.containers.push_back(std::move(items));
  return add(integer_value(static_cast<std::int64_t>(pickle_.containers.size() - 1), kind));
}

ValueRef Unpickler::shared(ValueRef& slot, const Value& value) {
  if (slot == kNothing) slot = add(value);
  return slot;
}

ValueRef Unpickler::add_opaque(std::string_view type) {
  return add(text_value(ValueKind::kOpaque, type));
}

void Unpickler::push(ValueRef ref) { stack_.push_back(ref); }

ValueRef Unpickler::pop() {
  const ValueRef ref = top();
  stack_.pop_back();
  return ref;
}

ValueRef Unpickler::top() const {
  const std::size_t floor = marks_.empty() ? 0 : marks_.back();
  if (stack_.size() <= floor) fail("is not a valid pickle (its stack is empty)");
  return stack_.back();
}

Pickle::Items Unpickler::pop_to_mark() {
  if (marks_.empty()) fail("is not a valid pickle (a mark is missing)");
  const auto first = stack_.begin() + static_cast<std::ptrdiff_t>(marks_.back());
  Pickle::Items items(first, stack_.end());
  stack_.erase(first, stack_.end());
  marks_.pop_back();
  return items;
}

void Unpickler::push_tuple(std::size_t count) {
  Pickle::Items items(count);
  for (std::size_t i = count; i-- > 0;) items[i] = pop();
  push(add_container(ValueKind::kTuple, std::move(items)));
}

/// Appends items to the container on top of the stack, which must be of the given kind. If an
/// opaque object is on top of the stack instead, drops the items.
void Unpickler::append_items(const Pickle::Items& items, ValueKind kind) {
  const Value& target = value(top());
  if (kind == ValueKind::kDict && items.size() % 2 != 0) fail("has a key without a value");
  if (target.kind == ValueKind::kOpaque) return;
  if (target.kind != kind) fail("is not a valid pickle (adds items to a value of another kind)");
  Pickle::Items& all = pickle_.containers[static_cast<std::size_t>(target.integer)];
  all.insert(all.end(), items.begin(), items.end());
}

void Unpickler::charge(std::size_t cost) {
  if (cost > budget_) fail("holds more objects than any checkpoint");
  budget_ -= cost;
}

}  // namespace gfnet::checkpoint
