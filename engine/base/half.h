#pragma once

#include <cstdint>

namespace gfnet {

/// IEEE binary16 bits → float. Exact, subnormals, infinities and NaN included.
float half_to_float(std::uint16_t bits);

/// float → IEEE binary16 bits, rounded to nearest even; overflow gives infinity.
std::uint16_t float_to_half(float value);

/// Beyond it float_to_half() gives infinity, while shaders store it instead (storage.glsl).
inline constexpr double kLargestHalf = 65504.0;

/// What is left of a number that a shader has stored in a half: rounded to nearest even, saturated
/// at kLargestHalf; infinities and NaN unchanged.
double through_half(double value);

/// bfloat16 bits → float. Exact.
float bfloat16_to_float(std::uint16_t bits);

}  // namespace gfnet
