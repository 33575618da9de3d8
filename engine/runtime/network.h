#pragma once

#include <map>
#include <memory>
#include <optional>

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
  /// of its kernels; before the very first, of the ways that all batches share. The few sizes used
  /// last are kept. All share the weights, and memory: as much as the largest of them needs.
  BatchPipeline& for_batch(std::int64_t batch);

 private:
  /// What is known of the device, and the ways of the pipelines made before, if there are any.
  plan::Choices choices() const;
  /// Measures on the device what is not known yet: ways, if there are no pipelines yet, and kernels
  /// that suit this batch.
  void tune(std::int64_t batch);
  /// At which ways are timed, whatever the first batch is: the same ways are found, then, in each
  /// part of a job that was divided.
  std::int64_t way_batch() const;
  void drop_pipelines();
  /// Gives up what would otherwise be held beside its replacement in a pipeline for the plan.
  void make_room(const plan::Plan& plan);

  DeviceContext& context_;
  Planner planner_;
  Tuning tuning_;
  /// From the first pipeline on: others may learn more of the device meanwhile.
  std::optional<plan::ChoiceTable> ways_;
  ConstantStore constants_;
  /// Pipelines run one after the other, so one arena serves them all.
  std::shared_ptr<const vulkan::Memory> arena_;
  std::map<std::int64_t, BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::runtime
