#pragma once

#include <iostream>
#include <string_view>

namespace gfnet::test {

/// Whether skip() was called in this process. ctest runs every test case in its own process.
inline bool& was_skipped() {
  static bool skipped = false;
  return skipped;
}

/// Marks the calling test case as skipped. A failure of the case still counts. Example:
///     if (device().info().timestamp_bits == 0) return test::skip("no timestamps");
inline void skip(std::string_view reason) {
  std::cout << "skipped: " << reason << '\n';
  was_skipped() = true;
}

}  // namespace gfnet::test
