#pragma once

#include <map>

#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"
#include "runtime/constant_store.h"
#include "runtime/planner.h"

namespace gfnet::runtime {

/// A compiled model on a device: its constants once, and a pipeline per batch size that was asked
/// for.
class Network {
 public:
  /// The context must outlive the network.
  Network(DeviceContext& context, Planner planner, Tuning tuning);

  Precision precision() const { return planner_.precision(); }
  plan::Plan plan(std::int64_t batch) const;
  /// What the pipelines made so far read.
  const ConstantStore& constants() const { return constants_; }

  /// A batch that keeps the device busy without taking much memory.
  std::int64_t default_batch() const;

  /// The pipeline for a batch size, made at the first call, after measuring what is not yet known
  /// of its paths and kernels. The few sizes used last are kept.
  BatchPipeline& for_batch(std::int64_t batch);

 private:
  /// Measures on the device what is not known yet of the paths and kernels that suit this batch.
  void tune(std::int64_t batch);

  DeviceContext& context_;
  Planner planner_;
  Tuning tuning_;
  ConstantStore constants_;
  std::map<std::int64_t, BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::runtime
