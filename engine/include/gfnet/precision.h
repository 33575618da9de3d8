#pragma once

#include <string_view>

namespace gfnet {

/// How activations and weights are stored and multiplied.
///
/// kFp32 is single precision throughout. kFp16 stores the weights of matrix products, and what lies
/// between the layers of a block, in halves (IEEE binary16), and multiplies halves where the device
/// has arithmetic or matrix units for them; the residual stream, statistics, Fourier transforms,
/// sums and logits stay in single precision. An activation beyond 65504 is stored as 65504. kAuto
/// is kFp16 on GPUs with 16-bit storage, for models whose weights fit halves, and kFp32 otherwise:
/// what software drivers gain from halves is not worth the digits (docs/experiments.md).
enum class Precision { kAuto, kFp32, kFp16 };

/// "auto", "fp32", "fp16".
constexpr std::string_view name_of(Precision precision) {
  switch (precision) {
    case Precision::kAuto:
      return "auto";
    case Precision::kFp32:
      return "fp32";
    case Precision::kFp16:
      return "fp16";
  }
  return "?";
}

}  // namespace gfnet
