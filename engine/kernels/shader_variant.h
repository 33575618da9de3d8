#pragma once

#include <fmt/format.h>

#include <string>

#include "base/dtype.h"

namespace gfnet::kernels {

/// The name of a shader's variant for the types that it reads and writes, f32 or f16: "layer_norm"
/// (both f32), "layer_norm_f16" (both f16), "layer_norm_f32_f16" (reads f32, writes f16).
inline std::string shader_variant(std::string stem, DType in, DType out) {
  if (in == DType::kF32 && out == DType::kF32) return stem;
  stem = fmt::format("{}_{}", stem, name_of(in));
  return in == out ? stem : fmt::format("{}_{}", stem, name_of(out));
}

}  // namespace gfnet::kernels
