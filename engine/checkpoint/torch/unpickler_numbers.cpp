#include <fmt/format.h>

#include <charconv>

#include "base/utf8.h"
#include "checkpoint/torch/unpickler.h"

namespace gfnet::checkpoint {
bool Unpickler::read_number(std::uint8_t op) {
  switch (op) {
    case 'N':  // NONE
      push(shared(none_, {}));
      return true;
    case 0x88:  // NEWTRUE
    case 0x89:  // NEWFALSE
      push_bool(op == 0x88);
      return true;
    case 'K':  // BININT1
      push_byte(stream_.byte());
      return true;
    case 'M':  // BININT2
      push_value(integer_value(static_cast<std::int64_t>(stream_.number(2))));
      return true;
    case 'J':  // BININT
      push_value(integer_value(static_cast<std::int32_t>(stream_.number(4))));
      return true;
    case 0x8A:  // LONG1
      push_binary_integer(stream_.bytes(stream_.number(1)));
      return true;
    case 0x8B:  // LONG4
      push_binary_integer(stream_.bytes(stream_.number(4)));
      return true;
    case 'I':  // INT
      push_decimal(stream_.line(), true);
      return true;
    case 'L':  // LONG
      push_decimal(stream_.line(), false);
      return true;
    case 'G':  // BINFLOAT
      stream_.bytes(8);
      push(shared(float_, text_value(ValueKind::kOpaque, "float")));
      return true;
    case 'F':  // FLOAT
      stream_.line();
      push(shared(float_, text_value(ValueKind::kOpaque, "float")));
      return true;
    default:
      return false;
  }
}

void Unpickler::push_bool(bool value) {
  push(shared(booleans_[value ? 1 : 0], integer_value(value ? 1 : 0, ValueKind::kBool)));
}

void Unpickler::push_byte(std::uint8_t value) { push(shared(bytes_[value], integer_value(value))); }

void Unpickler::push_decimal(std::string_view digits, bool may_be_bool) {
  if (may_be_bool && (digits == "00" || digits == "01")) {
    push_bool(digits == "01");
    return;
  }
  if (digits.ends_with('L')) digits.remove_suffix(1);
  std::int64_t number = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), number);
  if (error == std::errc::invalid_argument || end != digits.data() + digits.size()) {
    fail(fmt::format("has the invalid integer '{}'", excerpt(digits)));
  }
  push_value(error == std::errc() ? integer_value(number) : text_value(ValueKind::kBigInt, digits));
}

/// Pushes an integer. bytes: little-endian two's complement of any length; empty for zero.
void Unpickler::push_binary_integer(std::string_view bytes) {
  if (bytes.size() > sizeof(std::int64_t)) {
    push_value(text_value(ValueKind::kBigInt, bytes));
    return;
  }
  const bool negative = !bytes.empty() && (static_cast<unsigned char>(bytes.back()) & 0x80u) != 0;
  std::uint64_t number = negative ? ~std::uint64_t{0} : 0;
  for (std::size_t i = bytes.size(); i-- > 0;) {
    number = number << 8 | static_cast<unsigned char>(bytes[i]);
  }
  push_value(integer_value(static_cast<std::int64_t>(number)));
}

void Unpickler::remember(std::uint64_t slot) {
  // Picklers number the slots from 0 on, and each takes at least one byte of the pickle.
  if (slot > stream_.position()) fail("is not a valid pickle (an object has too high a number)");
  if (slot >= memo_.size()) {
    charge((static_cast<std::size_t>(slot) - memo_.size()) / 4);
    memo_.resize(static_cast<std::size_t>(slot) + 1, kNothing);
  }
  ValueRef& place = memo_[static_cast<std::size_t>(slot)];
  if (place == kNothing) ++remembered_;
  place = top();
}

void Unpickler::recall(std::uint64_t slot) {
  if (slot >= memo_.size() || memo_[static_cast<std::size_t>(slot)] == kNothing) {
    fail("is not a valid pickle (refers to an object it does not hold)");
  }
  push(memo_[static_cast<std::size_t>(slot)]);
}

std::uint64_t Unpickler::memo_slot() {
  const std::string_view digits = stream_.line();
  std::uint64_t slot = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), slot);
  if (error != std::errc() || end != digits.data() + digits.size()) {
    fail(fmt::format("has the invalid reference '{}'", excerpt(digits)));
  }
  return slot;
}

}  // namespace gfnet::checkpoint
