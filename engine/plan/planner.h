#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gfnet/precision.h"
#include "graph/graph.h"
#include "plan/plan.h"

namespace gfnet::plan {

/// Makes plans of one model for one device: chooses algorithms, expands the graph, plans it.
class Planner {
 public:
  /// folded: the result of passes::fold, which is the same for all choices.
  Planner(graph::Graph folded, kernels::DeviceFacts device, Precision precision = Precision::kFp32)
      : folded_(std::move(folded)), device_(std::move(device)), precision_(precision) {}

  const kernels::DeviceFacts& device() const { return device_; }
  Precision precision() const { return precision_; }

  /// Returns the plan for a batch of `batch` images that uses the chosen candidates. Throws
  /// ArgumentError if batch < 1, and what make_plan throws.
  Plan plan(std::int64_t batch, const kernels::MeasuredChoices& choices) const;

 private:
  /// The graph after all passes, with the algorithms that are fastest according to `algorithms`;
  /// without a measurement, with the default ones.
  const graph::Graph& expanded(const kernels::ChoiceTable& algorithms) const;

  graph::Graph folded_;
  kernels::DeviceFacts device_;
  Precision precision_;
  /// The expanded graphs that were made so far. Key: the names of the algorithms of all spectral
  /// layers, in graph order. Plans of one graph share its constants. All graphs share the weights
  /// outside of their spectral layers.
  mutable std::map<std::vector<std::string>, graph::Graph> expanded_;
};

}  // namespace gfnet::plan
