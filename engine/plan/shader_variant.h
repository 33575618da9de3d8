#pragma once

#include <string>

#include "base/dtype.h"

namespace gfnet::plan {

/// The variant of a shader for what it reads and what it writes, each f32 or f16: "layer_norm",
/// "layer_norm_f16" (both), "layer_norm_f32_f16" (in and out).
inline std::string shader_variant(std::string stem, DType in, DType out) {
  if (in == DType::kF32 && out == DType::kF32) return stem;
  stem += "_" + std::string(name_of(in));
  return in == out ? stem : stem + "_" + std::string(name_of(out));
}

}  // namespace gfnet::plan
