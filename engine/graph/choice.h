#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace gfnet::graph {

/// The choice of one of several candidates.
struct Choice {
  /// What the candidates are for, such as "linear 384×1536 gelu". A measured choice is stored under
  /// this key.
  std::string key;
  /// The candidates' names. The first is the default, which is chosen if nothing was measured.
  std::vector<std::string> candidates;
  std::size_t chosen = 0;
  /// Order-independent hash of the candidates' names and descriptions. A measured choice is valid
  /// only for candidates with the same digest.
  std::uint64_t digest = 0;

  /// The name of the chosen candidate.
  const std::string& name() const { return candidates[chosen]; }
};

}  // namespace gfnet::graph
