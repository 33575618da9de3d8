#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "command_line/command.h"
#include "command_line/options.h"
#include "output/results.h"
#include "sorting/sorted_folders.h"

namespace app {

/// The options of `gfnet classify`.
struct ClassifyOptions {
  ModelOptions model;
  std::vector<std::string> paths;
  std::int64_t top_k = 5;
  std::string scores;
  std::string tensor;
  std::string shard;
  ResultTargets targets;
  SortingOptions sorting;

  /// Adds them to the command.
  void add_to(Command& command);
  /// Throws UsageError if they do not go together.
  void check_usage() const;
};

}  // namespace app
