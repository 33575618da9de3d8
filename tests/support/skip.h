#pragma once

#include <iostream>
#include <string_view>

namespace gfnet::test {

/// Whether skip was called in this process. ctest runs every test case in a process of its own.
inline bool& was_skipped() {
  static bool skipped = false;
  return skipped;
}

/// Makes the test case that calls it count as skipped, unless it fails all the same:
///     if (!device.has_fp16()) return skip("no 16-bit floats");
inline void skip(std::string_view reason) {
  std::cout << "skipped: " << reason << '\n';
  was_skipped() = true;
}

}  // namespace gfnet::test
