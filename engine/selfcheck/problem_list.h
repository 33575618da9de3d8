#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "selfcheck/problem.h"

namespace gfnet::selfcheck {

/// Describes a problem, so that it can be made when its turn comes, in this process or another.
struct ProblemSpec {
  enum class Kind {
    kPreprocessing,
    kLinear,
    kSpectral,
    kVkfft,
    kLayerNorm,
    kTokenStatistics,
    kTokenMean,
    kPatches,
    kSoftmax,
    kClassMap,
    kMagnitude,
    kNetwork,
  };

  Kind kind = Kind::kPreprocessing;
  /// The arguments of the function in problem.h, in order; enumerators as their numbers.
  std::vector<std::int64_t> numbers = {};
  /// Whether only the first candidate runs: the other candidates differ in nothing that this
  /// problem is for, and each would compile a further pipeline.
  bool first_candidate_only = false;

  /// As a line of text, without the end of line.
  std::string text() const;
  /// Parses the format of text(). nullopt if the line is malformed.
  static std::optional<ProblemSpec> from_text(std::string_view line);

  friend bool operator==(const ProblemSpec&, const ProblemSpec&) = default;
};
using ProblemList = std::vector<ProblemSpec>;

/// Makes the problem that a spec describes. nullopt if the device has no algorithm for it, or if
/// the spec is of a kind that is no single problem: preprocessing or a network.
std::optional<Problem> make_problem(const ProblemSpec& spec, Numbers& numbers,
                                    const kernels::DeviceFacts& device);

/// Problems for every kernel that plans could use on the device, at sizes that end in the middle of
/// every tile; then small networks in every precision.
ProblemList all_problems(const kernels::DeviceFacts& device);

/// Problems for the kernels that the plan of a graph uses on a device: the layers of the graph, but
/// smaller where the kernels are the same. Each layer occurs once. graph: after passes::expand.
ProblemList problems_of(const graph::Graph& graph, std::int64_t batch,
                        const kernels::DeviceFacts& device);

}  // namespace gfnet::selfcheck
