#pragma once

#include <cstdint>
#include <map>
#include <vector>

#include "gfnet/precision.h"
#include "graph/graph.h"
#include "passes/passes.h"
#include "plan/plan.h"

namespace gfnet::runtime {

/// Plans a model for a device with given choices. The spectral choices select which lowered graph
/// is planned; all choices affect how it is planned. The lowered graphs share all weights except
/// those of the layers that differ.
class Planner {
 public:
  /// graph: the result of passes::fold, which all choices share.
  /// precision: kFp32 or kFp16. With kFp16, passes::half_precision is the last pass of every graph.
  Planner(graph::Graph graph, plan::DeviceFacts device, Precision precision = Precision::kFp32)
      : graph_(std::move(graph)), device_(std::move(device)), precision_(precision) {}

  const plan::DeviceFacts& device() const { return device_; }
  Precision precision() const { return precision_; }

  /// Throws Error if batch < 1, and what plan::make_plan throws.
  plan::Plan plan(std::int64_t batch, const plan::Choices& choices) const;

 private:
  /// The graph in which every spectral layer uses its fastest known way.
  const graph::Graph& lowered(const plan::ChoiceTable& ways) const;

  graph::Graph graph_;
  plan::DeviceFacts device_;
  Precision precision_;
  /// Lowered graphs. Key: the spectral path of each global filter, in graph order. Plans of one
  /// graph share the graph's constants.
  mutable std::map<std::vector<passes::SpectralPath>, graph::Graph> lowered_;
};

}  // namespace gfnet::runtime
