#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernels/choices.h"
#include "plan/plan.h"
#include "runtime/constant_store.h"
#include "runtime/device_context.h"

namespace gfnet::tuning {

/// A function that makes the plan for a batch size and given choices.
using PlanBatch =
    std::function<plan::Plan(std::int64_t batch, const kernels::MeasuredChoices& choices)>;
/// The same for one batch size.
using MakePlan = std::function<plan::Plan(const kernels::MeasuredChoices& choices)>;

/// Result of running a plan whose candidates are being measured.
struct Measurement {
  /// Key: the name of a choice (graph::Choice::key). Value: the total time of the steps that
  /// the choice concerns, in seconds.
  std::map<std::string, double> seconds;
  /// The values of the plan's first output (the logits). All plans get the same input, so that
  /// these values can be compared.
  std::vector<float> outputs;
};
/// A function that runs a plan and measures its steps.
using Measure = std::function<Measurement(const plan::Plan& plan)>;

/// Find the fastest candidates by measurement: select_algorithms for the choices that hold for all
/// batch sizes (algorithms), select_kernels for the kernels of one batch size. All choices are
/// measured in the same runs: the first plan has the first candidate of every choice, the second
/// plan the second candidates, and so on. For each set of candidates that select_algorithms tries,
/// it first finds the fastest kernels. A choice is skipped if `known` has it, if it has one
/// candidate only, or if it concerns too few operations to matter.
///
/// A candidate is rejected if make_plan() or measure() throws an Error, or if its results are
/// wrong. A kernel must give the same bits as the default kernel. A candidate for all batch sizes
/// may differ from the default one by rounding only. If candidates that were tried together fail,
/// each is tried again alone. If the device is lost, the search ends and throws VulkanError.
///
/// Return `known` and the candidates that were found. A later call with these choices does not
/// measure them again. select_algorithms also returns the kernels with which its candidates were
/// timed.
kernels::MeasuredChoices select_algorithms(const MakePlan& make_plan, const Measure& measure,
                                           const kernels::MeasuredChoices& known);
kernels::MeasuredChoices select_kernels(const MakePlan& make_plan, const Measure& measure,
                                        const kernels::MeasuredChoices& known);

/// Finds the fastest candidates for a model on a device. It runs the whole network and measures
/// every step with timestamps, so each candidate is measured in its final place, with the memory
/// traffic around it.
class Tuner {
 public:
  /// plan_batch: makes the plans of the model. tuning_batch: the batch size for timing the
  /// candidates that are chosen once for all batch sizes. context must outlive the tuner. The
  /// device must have timestamps.
  Tuner(runtime::DeviceContext& context, PlanBatch plan_batch, std::int64_t tuning_batch)
      : context_(context),
        plan_batch_(std::move(plan_batch)),
        tuning_batch_(tuning_batch),
        constants_(context.device()) {}

  /// Whether `known` leaves nothing to measure. knows_algorithms: among the choices for all batch
  /// sizes. knows_kernels: among the kernels for this batch size.
  bool knows_algorithms(const kernels::MeasuredChoices& known) const;
  bool knows_kernels(std::int64_t batch, const kernels::MeasuredChoices& known) const;

  /// tune_algorithms measures the algorithms, which then hold at every batch size. tune_kernels
  /// measures the kernels for one batch size. Both return `known` with the fastest candidates
  /// added. They throw VulkanError if the device is lost, and whatever making a plan with `known`
  /// throws.
  kernels::MeasuredChoices tune_algorithms(const kernels::MeasuredChoices& known);
  kernels::MeasuredChoices tune_kernels(std::int64_t batch, const kernels::MeasuredChoices& known);

 private:
  Measurement run(const plan::Plan& plan);

  runtime::DeviceContext& context_;
  PlanBatch plan_batch_;
  std::int64_t tuning_batch_;
  /// Constants of the plan that ran last.
  runtime::ConstantStore constants_;
};

}  // namespace gfnet::tuning
