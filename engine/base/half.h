#pragma once

#include <cstdint>

namespace gfnet {

/// IEEE binary16 bits → float. Exact, subnormals, infinities and NaN included.
float half_to_float(std::uint16_t bits);

/// float → IEEE binary16 bits, rounded to nearest even; overflow gives infinity.
std::uint16_t float_to_half(float value);

/// Largest finite half. float_to_half() turns larger values into infinity; shaders store
/// kLargestHalf instead (storage.glsl).
inline constexpr double kLargestHalf = 65504.0;

/// The value that a shader reads back after storing it in a half: rounded to nearest even and
/// limited to ±kLargestHalf. Infinities and NaN stay unchanged.
double through_half(double value);

/// bfloat16 bits → float. Exact.
float bfloat16_to_float(std::uint16_t bits);

}  // namespace gfnet
