#pragma once

#include <array>
#include <filesystem>
#include <string>

#include "support/repository.h"

namespace gfnet::test {

/// Small checkpoints, input tensors and their logits; tests/data/make_reference.py writes them.
inline std::filesystem::path reference_folder() {
  return repository() / "tests" / "data" / "reference";
}

inline std::filesystem::path reference_file(const std::string& name) {
  return reference_folder() / name;
}

inline constexpr std::array kReferenceCases{"flat-11x5-double",
                                            "flat-14x14",
                                            "flat-14x14-legacy-format",
                                            "flat-14x14-training-checkpoint",
                                            "flat-15x15-gray-1logit",
                                            "flat-15x16-rectangular-gray",
                                            "flat-24x24",
                                            "flat-7x7-half-model-ema",
                                            "flat-8x8-32px",
                                            "flat-9x6-bfloat16-state-dict",
                                            "pyramid-12x8-legacy-format-half",
                                            "pyramid-56-28-14-7",
                                            "pyramid-96-48-24-12-half",
                                            "pyramid-no-layerscale"};

}  // namespace gfnet::test
