#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "gfnet/precision.h"
#include "graph/graph.h"
#include "passes/passes.h"
#include "plan/plan.h"

namespace gfnet::runtime {

/// Plans a model for a device as choices say: the ways of spectral layers decide among paths
/// through the passes, of which another graph comes, and all choices among what the plan does. The
/// graphs share all weights but those of the layers that differ.
class Planner {
 public:
  /// graph: after passes::fold, which is done once for all choices.
  /// precision: kFp32, or kFp16, which every graph's passes then end with.
  Planner(graph::Graph graph, plan::DeviceFacts device, Precision precision = Precision::kFp32)
      : graph_(std::move(graph)), device_(std::move(device)), precision_(precision) {}

  const plan::DeviceFacts& device() const { return device_; }
  Precision precision() const { return precision_; }

  /// Throws what plan::make_plan throws.
  plan::Plan plan(std::int64_t batch, const plan::Choices& choices) const;

 private:
  /// The graph whose spectral layers go the ways that are known to be fastest.
  const graph::Graph& lowered(const plan::ChoiceTable& ways) const;

  graph::Graph graph_;
  plan::DeviceFacts device_;
  Precision precision_;
  /// By the paths of the graph's global filters, in its order: plans of one of them share its
  /// constants.
  mutable std::map<std::vector<passes::SpectralPath>, graph::Graph> lowered_;
};

}  // namespace gfnet::runtime
