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
  /// Folds the model's graph (fold_model) and keeps it to make pipelines from. Compiles nothing
  /// yet: see for_batch. context must outlive the network. Throws what fold_model throws.
  Network(tuning::TunedDevice& context, const Model& model, const ClassifierOptions& options);
  /// The same, from a graph that is folded already.
  Network(tuning::TunedDevice& context, Planner planner, Tuning tuning);

  Precision precision() const { return planner_.precision(); }
  /// The plan for a batch size, with the fastest candidates known so far. Throws what Planner::plan
  /// throws.
  plan::Plan plan(std::int64_t batch) const;
  /// The constants (weights) of the pipelines that were made so far.
  const runtime::ConstantStore& constants() const { return constants_; }

  /// A batch size that keeps the device busy without taking much memory.
  std::int64_t default_batch() const;
  /// The largest of the batch sizes batch, batch/2, batch/4 … with which no step takes longer than
  /// plan::kMostSubmissionSeconds on a GPU, by estimate, and that the device can run. On a software
  /// driver `batch` itself: no system resets it.
  std::int64_t short_batch(std::int64_t batch) const;

  /// Whether the pipeline for a batch size exists. If so, for_batch() destroys no other pipeline.
  bool has(std::int64_t batch) const { return pipelines_.contains(batch); }
  /// The pipeline for a batch size, made at the first call for this size. If tuning is allowed,
  /// this first call also measures the candidates that were not measured before (see tune). Only
  /// the few pipelines that were used last are kept, so making a new pipeline can destroy another.
  /// All pipelines share the weights and one arena, which is as large as the largest pipeline
  /// needs.
  runtime::BatchPipeline& for_batch(std::int64_t batch);
  /// Frees all pipelines and the arena. No batch may use them any more.
  void drop_pipelines();

 private:
  /// The choices to plan with: those measured on the device; with Tuning::kNever, none. If a
  /// pipeline was made before, the algorithms come from `algorithms_` instead.
  kernels::MeasuredChoices choices() const;
  /// Checks the kernels of the plan for this batch size that were not checked before, if kernels
  /// shall be checked (TunedDevice::checks_kernels). While some are not right, they are switched
  /// off and the new plan is checked. Returns whether plans differ now because something was
  /// switched off. Throws UnsupportedError if nothing takes the place of a kernel.
  bool check(std::int64_t batch);
  /// Checks those kernels of a plan that have no verdict yet. Returns whether any was switched off.
  bool check(const graph::Graph& graph, const plan::Plan& plan);
  /// Plans from now on without what the device's verdicts switch off. Returns whether that changed.
  bool take_over_verdicts();
  /// Measures candidates that were not measured before: first the algorithms, unless `algorithms_`
  /// has fixed them already; then the kernels for this batch size. Does nothing if `tuning_`
  /// forbids tuning or the device has no timestamps. Candidates are checked before they run. If
  /// some are not right, they are switched off and the rest is measured again.
  void tune(std::int64_t batch);
  /// The largest of the batch sizes batch, batch/2, batch/4 … that the device can run and whose
  /// plan is_fit() accepts; 1 if there is none.
  std::int64_t largest_batch(std::int64_t batch,
                             const std::function<bool(const plan::Plan&)>& is_fit) const;
  /// default_batch() without regard to the memory that is free at present.
  std::int64_t usual_batch() const;
  /// The batch size at which algorithms are timed. It does not depend on the batch size that is
  /// requested first, so all processes that share a job time the algorithms at the same batch size.
  std::int64_t tuning_batch() const;
  /// Frees memory before a pipeline for `plan` is created. If the arena must grow, frees all
  /// pipelines and the arena. Otherwise, if as many pipelines exist as may be kept, frees the
  /// pipeline whose last use is longest ago.
  void make_room(const plan::Plan& plan);

  tuning::TunedDevice& context_;
  Planner planner_;
  Tuning tuning_;
  /// The chosen algorithms, which hold for all batch sizes and all pipelines (see
  /// kernels/choices.h). Empty until the first pipeline is made. After that they are fixed:
  /// algorithms that are measured later do not change them.
  std::optional<kernels::ChoiceTable> algorithms_;
  runtime::ConstantStore constants_;
  /// The arena, shared by all pipelines: only one pipeline runs at a time.
  std::shared_ptr<const vulkan::Memory> arena_;
  std::map<std::int64_t, runtime::BatchPipeline> pipelines_;
  std::vector<std::int64_t> recently_used_;
};

}  // namespace gfnet::compiler
