#pragma once

#include <cstdint>
#include <string>

#include "input.h"

namespace app {

/// One of `count` equal parts of a job: input number i, counted from 0, belongs to part i mod
/// count. So parts differ by at most one input, and their rows taken in turn are the whole job's.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;

  /// "K/N" with 1 ≤ K ≤ N. Throws UsageError.
  static Shard parse(const std::string& text);

  /// How many of so many inputs are this part's.
  std::uint64_t share(std::uint64_t inputs) const;
  InputSource select(InputSource all) const;
};

}  // namespace app
