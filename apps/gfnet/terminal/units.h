#pragma once

#include <cstdint>
#include <cstdio>
#include <string>

namespace app {

/// The size in MB (10⁶ bytes), as text: "61.3 MB".
inline std::string megabytes(std::int64_t bytes) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f MB", static_cast<double>(bytes) / 1e6);
  return text;
}

}  // namespace app
