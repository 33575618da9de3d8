#pragma once

#include <map>
#include <memory>

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

  /// Whether for_batch() has one already, so that it touches no other.
  bool has(std::int64_t batch) const { return pipelines_.contains(batch); }
  /// The pipeline for a batch size, made at the first call, after measuring what is not yet known
  /// of its paths and kernels. The few sizes used last are kept, and share memory: as much as the
  /// largest of them needs. A plan that reads weights in another form than those before it replaces
  /// them all.
  BatchPipeline& for_batch(std::int64_t batch);

 private:
  /// Measures on the device what is not known yet of the paths and kernels that suit this batch.
  void tune(std::int64_t batch);
  void drop_pipelines();
  /// All that is on the device.
  void release();
  /// Gives up what would otherwise be held beside its replacement in a pipeline for the plan.
  void make_room(const plan::Plan& plan);

  DeviceContext& context_;
  Planner planner_;
  Tuning tuning_;
  ConstantStore constants_;
  /// Pipelines run one after the other, so one arena serves them all.
  std::shared_ptr<const vulkan::Memory> arena_;
  std::map<std::int64_t, BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::runtime
