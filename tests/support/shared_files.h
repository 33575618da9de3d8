#pragma once

#include <array>
#include <cstdlib>
#include <filesystem>
#include <string>

namespace gfnet::test {

/// The folder with the reference data: beside the repository, or wherever GFNET_SHARED says.
inline std::filesystem::path shared_folder() {
  const char* folder = std::getenv("GFNET_SHARED");
  return folder != nullptr ? folder : std::filesystem::path(GFNET_REPOSITORY) / ".." / "shared";
}

inline std::filesystem::path reference_file(const std::string& name) {
  return shared_folder() / "reference" / name;
}

inline constexpr std::array kReferenceCases{"flat-14x14",
                                            "flat-14x14-legacy-format",
                                            "flat-14x14-training-checkpoint",
                                            "flat-15x15-gray-1logit",
                                            "flat-15x16-rectangular-gray",
                                            "flat-24x24",
                                            "flat-8x8-32px",
                                            "pyramid-56-28-14-7",
                                            "pyramid-96-48-24-12",
                                            "pyramid-no-layerscale"};

}  // namespace gfnet::test
