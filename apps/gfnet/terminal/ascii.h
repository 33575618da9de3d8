#pragma once

#include <algorithm>
#include <cctype>
#include <string>

namespace app {

/// Returns the text with the letters A to Z in lower case.
inline std::string lower_case(std::string text) {
  std::ranges::transform(text, text.begin(),
                         [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return text;
}

}  // namespace app
