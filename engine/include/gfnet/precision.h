#pragma once

#include <string_view>

namespace gfnet {

/// How activations and weights are stored and multiplied.
///
/// kFp32: single precision throughout.
///
/// kFp16: the weights of matrix products and the activations between the layers of a block are
/// stored as halves (IEEE binary16). If the device has half arithmetic or matrix units, these
/// weights and activations are also multiplied as halves. The residual stream, statistics, Fourier
/// transforms, sums and logits stay in single precision. An activation beyond ±65504 is stored as
/// ±65504.
///
/// kAuto: kFp16 on GPUs with 16-bit storage if the model's weights fit halves, kFp32 otherwise. On
/// software drivers, kAuto is kFp32: halves are only a few per cent faster there, and less accurate
/// (docs/experiments.md).
enum class Precision { kAuto, kFp32, kFp16 };

/// The name as users write it: "auto", "fp32" or "fp16".
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
