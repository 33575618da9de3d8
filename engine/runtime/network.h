#pragma once

#include <map>

#include "gfnet/classifier.h"
#include "graph/graph.h"
#include "runtime/batch_pipeline.h"
#include "runtime/constant_store.h"

namespace gfnet::runtime {

/// A compiled graph on a device: its constants once, and a pipeline per batch size that was asked
/// for.
class Network {
 public:
  /// graph: after passes::optimize. The context must outlive the network.
  Network(DeviceContext& context, graph::Graph graph, Tuning tuning);

  const graph::Graph& graph() const { return graph_; }
  plan::Plan plan(std::int64_t batch) const;
  /// What the pipelines made so far read.
  const ConstantStore& constants() const { return constants_; }

  /// A batch that keeps the device busy without taking much memory.
  std::int64_t default_batch() const;

  /// The pipeline for a batch size, made at the first call, after measuring what is not yet known
  /// of its kernels. The few sizes used last are kept.
  BatchPipeline& for_batch(std::int64_t batch);

 private:
  /// Measures on the device what is not known yet of the kernels that this batch needs.
  void tune(std::int64_t batch);

  DeviceContext& context_;
  graph::Graph graph_;
  Tuning tuning_;
  ConstantStore constants_;
  std::map<std::int64_t, BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::runtime
