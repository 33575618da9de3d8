#pragma once

#include <cstdint>
#include <string>

#include "input.h"

namespace app {

/// One of `count` equal parts of a job: input number i, counted from 0, belongs to part i mod
/// count. The sizes of the parts differ by at most one. Rows taken from the parts in turn are the
/// rows of the whole job.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;

  /// "K/N" with 1 ≤ K ≤ N. Throws UsageError.
  static Shard parse(const std::string& text);

  /// How many of a job's `inputs` inputs belong to this part.
  std::uint64_t share(std::uint64_t inputs) const;
  /// The inputs that belong to this part.
  InputSource select(InputSource all) const;
};

}  // namespace app
