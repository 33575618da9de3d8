#pragma once

#include <cstdint>
#include <limits>
#include <optional>

namespace gfnet::checkpoint {

/// a + b for a, b ≥ 0; empty on overflow.
constexpr std::optional<std::int64_t> checked_add(std::int64_t a, std::int64_t b) {
  if (a > std::numeric_limits<std::int64_t>::max() - b) return std::nullopt;
  return a + b;
}

/// a · b for a, b ≥ 0; empty on overflow.
constexpr std::optional<std::int64_t> checked_multiply(std::int64_t a, std::int64_t b) {
  if (a != 0 && b > std::numeric_limits<std::int64_t>::max() / a) return std::nullopt;
  return a * b;
}

}  // namespace gfnet::checkpoint
