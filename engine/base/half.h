#pragma once

#include <cstdint>

namespace gfnet {

/// IEEE binary16 bits → float. Exact, subnormals, infinities and NaN included.
float half_to_float(std::uint16_t bits);

/// float → IEEE binary16 bits, rounded to nearest even; overflow gives infinity.
std::uint16_t float_to_half(float value);

/// bfloat16 bits → float. Exact.
float bfloat16_to_float(std::uint16_t bits);

}  // namespace gfnet
