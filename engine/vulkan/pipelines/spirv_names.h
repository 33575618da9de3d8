#pragma once

#include <spirv.h>

/// Names of the SPIR-V specification that spirv.h lacks before version 1.6.2 of July 2023.
namespace gfnet::vulkan {

inline constexpr auto kSpvCapabilityCooperativeMatrixKHR = static_cast<SpvCapability>(6022);
inline constexpr auto kSpvOpTypeCooperativeMatrixKHR = static_cast<SpvOp>(4456);

}  // namespace gfnet::vulkan
