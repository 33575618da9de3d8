#pragma once

#include <string>
#include <vector>

#include "gfnet/export.h"

namespace gfnet {

/// A third-party library that this build uses, or an optional library that this build lacks.
struct Library {
  /// Such as "VkFFT".
  std::string name;
  /// The version in the library's headers at build time, such as "1.3.4". Empty if the headers
  /// state no version.
  std::string version;
  /// False for an optional library that was not found at build time; version is then empty.
  bool present = true;
};

/// The version of libgfnet, such as "0.1.0".
GFNET_API const char* version() noexcept;

/// The third-party libraries of libgfnet, for version reports. Needs no Vulkan device.
GFNET_API std::vector<Library> libraries();

}  // namespace gfnet
