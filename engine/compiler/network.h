#pragma once

#include <map>
#include <memory>
#include <optional>

#include "compiler/planner.h"
#include "gfnet/classifier.h"
#include "runtime/batch_pipeline.h"
#include "runtime/constant_store.h"
#include "tuning/tuned_device.h"

namespace gfnet::compiler {

/// A compiled model on a device: one set of constants, and one pipeline per batch size in use.
class Network {
 public:
  /// context must outlive the network.
  Network(tuning::TunedDevice& context, Planner planner, Tuning tuning);

  Precision precision() const { return planner_.precision(); }
  /// The plan for a batch size, with the fastest candidates known so far. Throws what Planner::plan
  /// throws.
  plan::Plan plan(std::int64_t batch) const;
  /// Constants of the pipelines made so far.
  const runtime::ConstantStore& constants() const { return constants_; }

  /// A batch size that keeps the device busy without taking much memory.
  std::int64_t default_batch() const;

  /// Whether the pipeline for a batch size exists. If so, for_batch() destroys no other pipeline.
  bool has(std::int64_t batch) const { return pipelines_.contains(batch); }
  /// The pipeline for a batch size, made at the first call. If tuning is allowed, this call first
  /// measures candidates that were not measured before (see tune). Only the pipelines used last are
  /// kept, so making a new one can destroy others. All pipelines share the weights and one arena,
  /// which is as large as the largest pipeline needs.
  runtime::BatchPipeline& for_batch(std::int64_t batch);

 private:
  /// The choices known for the device; none with Tuning::kNever. After the first pipeline was made,
  /// the choices that hold for all batch sizes come from `algorithms_` instead.
  kernels::MeasuredChoices choices() const;
  /// Measures candidates that were not measured before. First those that are chosen once for all
  /// batch sizes, unless `algorithms_` has fixed them already; then the kernels for this batch
  /// size. Does nothing if `tuning_` forbids it or the device has no timestamps.
  void tune(std::int64_t batch);
  /// The batch size for timing the candidates that are chosen once for all batch sizes. It does not
  /// depend on the batch size that is requested first, so all processes that share a job use the
  /// same one.
  std::int64_t tuning_batch() const;
  void drop_pipelines();
  /// Frees memory before a pipeline for the plan is created. If the arena must grow, frees all
  /// pipelines and the arena. Otherwise, if the limit of kept pipelines is reached, frees the
  /// pipeline used least recently.
  void make_room(const plan::Plan& plan);

  tuning::TunedDevice& context_;
  Planner planner_;
  Tuning tuning_;
  /// The choices that hold for all batch sizes and all pipelines (see kernels/choices.h). They are
  /// fixed when the first pipeline is made, and do not change when others are measured later.
  /// Before that, empty.
  std::optional<kernels::ChoiceTable> algorithms_;
  runtime::ConstantStore constants_;
  /// Shared by all pipelines, which run one after the other.
  std::shared_ptr<const vulkan::Memory> arena_;
  std::map<std::int64_t, runtime::BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::compiler
