#include "base/half.h"

#include <doctest/doctest.h>

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace {

using gfnet::bfloat16_to_float;
using gfnet::float_to_half;
using gfnet::half_to_float;

/// The value of finite half bits, by the definition of IEEE 754 binary16.
double value_of_half(std::uint32_t bits) {
  const double sign = (bits & 0x8000u) != 0 ? -1.0 : 1.0;
  const int exponent = static_cast<int>(bits >> 10 & 0x1Fu);
  const double fraction = bits & 0x3FFu;
  if (exponent == 0) return sign * std::ldexp(fraction, -24);
  return sign * std::ldexp(1024.0 + fraction, exponent - 25);
}

bool is_half_nan(std::uint32_t bits) { return (bits & 0x7C00u) == 0x7C00u && (bits & 0x3FFu) != 0; }

}  // namespace

TEST_CASE("every half converts to its exact float value and back") {
  int wrong_values = 0;
  int wrong_bits = 0;
  for (std::uint32_t bits = 0; bits < 0x10000u; ++bits) {
    const float value = half_to_float(static_cast<std::uint16_t>(bits));
    const std::uint32_t back = float_to_half(value);
    if (is_half_nan(bits)) {
      wrong_values += std::isnan(value) ? 0 : 1;
      wrong_bits += is_half_nan(back) ? 0 : 1;
      continue;
    }
    const bool infinite = (bits & 0x7C00u) == 0x7C00u;
    const bool same = infinite ? std::isinf(value) : value == value_of_half(bits);
    wrong_values += same && std::signbit(value) == ((bits & 0x8000u) != 0) ? 0 : 1;
    wrong_bits += back == bits ? 0 : 1;
  }
  CHECK(wrong_values == 0);
  CHECK(wrong_bits == 0);
}

TEST_CASE("float to half rounds to nearest even") {
  int wrong = 0;
  for (std::uint32_t bits = 0; bits < 0x7BFFu; ++bits) {
    const double low = value_of_half(bits);
    const double high = value_of_half(bits + 1);
    const auto middle = static_cast<float>((low + high) / 2);  // exact: one bit more than a half
    const std::uint32_t even = (bits & 1u) == 0 ? bits : bits + 1;
    wrong += float_to_half(middle) == even ? 0 : 1;
    wrong += float_to_half(std::nextafter(middle, 0.0f)) == bits ? 0 : 1;
    wrong += float_to_half(std::nextafter(middle, 1e9f)) == bits + 1 ? 0 : 1;
    wrong += float_to_half(-middle) == (even | 0x8000u) ? 0 : 1;
  }
  CHECK(wrong == 0);
}

TEST_CASE("float to half at the ends of its range") {
  CHECK(float_to_half(65504.0f) == 0x7BFF);
  CHECK(float_to_half(65519.996f) == 0x7BFF);
  CHECK(float_to_half(65520.0f) == 0x7C00);
  CHECK(float_to_half(std::numeric_limits<float>::max()) == 0x7C00);
  CHECK(float_to_half(-std::numeric_limits<float>::infinity()) == 0xFC00);
  CHECK(float_to_half(std::numeric_limits<float>::denorm_min()) == 0x0000);
  CHECK(float_to_half(-0.0f) == 0x8000);
  CHECK(float_to_half(0x1p-25f) == 0x0000);
  CHECK(float_to_half(0x1.000002p-25f) == 0x0001);
}

TEST_CASE("bfloat16 is the upper half of a float") {
  for (std::uint32_t bits = 0; bits < 0x10000u; ++bits) {
    const float value = bfloat16_to_float(static_cast<std::uint16_t>(bits));
    const auto back = std::bit_cast<std::uint32_t>(value);
    // The conversion may make a signalling NaN quiet.
    if (!std::isnan(value)) REQUIRE(back == bits << 16);
  }
  CHECK(bfloat16_to_float(0x3F80) == 1.0f);
}

TEST_CASE("through_half rounds and saturates and keeps infinity and NaN") {
  CHECK(gfnet::through_half(1.0 + 0x1p-12) == 1.0);
  CHECK(gfnet::through_half(-1e9) == -65504.0);
  CHECK(gfnet::through_half(65519.9) == 65504.0);
  CHECK(gfnet::through_half(1e300) == 65504.0);
  CHECK(std::isinf(gfnet::through_half(INFINITY)));
  CHECK(std::isnan(gfnet::through_half(NAN)));
}
