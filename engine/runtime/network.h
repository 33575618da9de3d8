#pragma once

#include <map>

#include "graph/graph.h"
#include "runtime/batch_pipeline.h"
#include "runtime/constant_store.h"

namespace gfnet::runtime {

/// A compiled graph on a device: its constants once, and a pipeline per batch size that was asked
/// for.
class Network {
 public:
  /// graph: after passes::optimize. The context must outlive the network.
  Network(DeviceContext& context, graph::Graph graph);

  const graph::Graph& graph() const { return graph_; }
  plan::Plan plan(std::int64_t batch) const;

  /// The pipeline for a batch size, made at the first call. The few sizes used last are kept.
  BatchPipeline& for_batch(std::int64_t batch);

 private:
  DeviceContext& context_;
  graph::Graph graph_;
  ConstantStore constants_;
  std::map<std::int64_t, BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::runtime
