#pragma once

#include <cstdint>
#include <string>

#include "inputs/input.h"

namespace app {

/// One of the `count` shards of a job. Input number i, counted from 0, belongs to shard i mod
/// count. The sizes of the shards differ by at most one. The rows of the whole job are the rows of
/// the shards, taken one from each shard in turn.
struct Shard {
  std::uint64_t index = 0;
  std::uint64_t count = 1;

  /// Parses "K/N" with 1 ≤ K ≤ N; index is K − 1. Throws UsageError if the text is malformed.
  static Shard parse(const std::string& text);

  /// Number of inputs in this shard if the job has `inputs` inputs.
  std::uint64_t share(std::uint64_t inputs) const;
  /// Returns the inputs of `all` that belong to this shard.
  InputSource select(InputSource all) const;
};

}  // namespace app
