#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gfnet::graph {

/// The choice of one of several candidates.
struct Choice {
  /// What is chosen, such as "linear 384×1536 gelu". The choice is stored under this key.
  std::string key;
  /// The candidates' names. The first is the default: a fixed rule prefers it if nothing was
  /// measured.
  std::vector<std::string> candidates;
  std::size_t chosen = 0;
  /// Order-independent hash of the candidates' names and descriptions. A stored choice is valid
  /// only for the same candidate set.
  std::uint64_t digest = 0;

  /// The name of the chosen candidate.
  const std::string& name() const { return candidates[chosen]; }
};

}  // namespace gfnet::graph
