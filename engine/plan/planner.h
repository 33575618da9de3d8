#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "gfnet/precision.h"
#include "graph/graph.h"
#include "passes/passes.h"
#include "plan/plan.h"

namespace gfnet::plan {

/// Makes plans of one model for one device. The candidate that is chosen for a spectral layer
/// decides which operations the graph has in this layer, so there can be several versions of the
/// graph. All versions share the weights, except those of the layers in which they differ.
class Planner {
 public:
  /// graph: the result of passes::fold, which is the same for all choices.
  Planner(graph::Graph graph, kernels::DeviceFacts device, Precision precision = Precision::kFp32)
      : graph_(std::move(graph)), device_(std::move(device)), precision_(precision) {}

  const kernels::DeviceFacts& device() const { return device_; }
  Precision precision() const { return precision_; }

  /// Returns the plan for a batch of `batch` images that uses the chosen candidates. Throws Error
  /// if batch < 1, and what make_plan throws.
  Plan plan(std::int64_t batch, const kernels::MeasuredChoices& choices) const;

 private:
  /// The graph after all passes. Each spectral layer has the operations of the candidate that is
  /// fastest according to `algorithms`; without a measurement, of the default candidate.
  const graph::Graph& lowered(const kernels::ChoiceTable& algorithms) const;

  graph::Graph graph_;
  kernels::DeviceFacts device_;
  Precision precision_;
  /// The graphs after all passes that were made so far. Key: the spectral path
  /// (passes::SpectralForm) of each global filter, in graph order. Plans of one graph share its
  /// constants.
  mutable std::map<std::vector<passes::SpectralForm>, graph::Graph> lowered_;
};

}  // namespace gfnet::plan
