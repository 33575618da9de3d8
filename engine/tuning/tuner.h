#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "kernels/choices.h"
#include "plan/plan.h"
#include "runtime/constant_store.h"
#include "runtime/device_context.h"

namespace gfnet::tuning {

/// A function that makes a network's plan for a batch size, with given choices.
using PlanBatch =
    std::function<plan::Plan(std::int64_t batch, const kernels::MeasuredChoices& choices)>;
/// A function that makes a network's plan for one batch size, with given choices.
using MakePlan = std::function<plan::Plan(const kernels::MeasuredChoices& choices)>;

/// Result of running a plan in order to measure its candidates.
struct Measurement {
  /// Key: the name of a choice (graph::Choice::key). Value: the total time of the plan's steps that
  /// the choice concerns, in seconds.
  std::map<std::string, double> seconds;
  /// Keys of the choices whose kernels spill. A kernel spills if its values do not fit the
  /// registers, so that the driver keeps some in memory. Empty if the driver does not report
  /// spills.
  std::set<std::string> spilling;
  /// The values of the plan's first output (the logits). Every measured plan gets the same input,
  /// so that the outputs of two plans can be compared.
  std::vector<float> outputs;
};
/// A function that runs a plan and measures its steps.
using Measure = std::function<Measurement(const plan::Plan& plan)>;

/// Find the fastest candidates by measurement: select_algorithms finds algorithms, which hold for
/// all batch sizes; select_kernels finds the kernels of one batch size. All choices are measured in
/// the same runs: the first plan has the first candidate of every choice, the second plan the
/// second candidates, and so on. For each set of algorithms that select_algorithms tries, it first
/// finds the fastest kernels. A choice is skipped if `known` has it, if it has only one candidate,
/// or if it concerns too few operations to matter.
///
/// A candidate whose kernels spill (Measurement::spilling) is only taken if all candidates spill.
///
/// A candidate is rejected if make_plan() or measure() throws an Error, or if the outputs with this
/// candidate are wrong. A kernel must give the same bits as the default kernel. An algorithm may
/// differ from the default algorithm by rounding only. If a plan with several new candidates fails,
/// each of these candidates is tried again alone. If the device is lost, the search ends and throws
/// VulkanError.
///
/// Return `known` with the candidates that were found. If the result is passed as `known` to a
/// later call, these candidates are not measured again. select_algorithms also returns the kernels
/// with which the algorithms were timed.
kernels::MeasuredChoices select_algorithms(const MakePlan& make_plan, const Measure& measure,
                                           const kernels::MeasuredChoices& known);
kernels::MeasuredChoices select_kernels(const MakePlan& make_plan, const Measure& measure,
                                        const kernels::MeasuredChoices& known);

/// Finds the fastest candidates for a model on a device. The tuner runs the whole network and
/// measures every step with timestamps. Each candidate is thus measured in its final place, with
/// the memory traffic of the steps around it.
class Tuner {
 public:
  /// plan_batch: makes the plans of the network. tuning_batch: the batch size at which algorithms
  /// are timed. context must outlive the tuner. The device must have timestamps.
  Tuner(runtime::DeviceContext& context, PlanBatch plan_batch, std::int64_t tuning_batch)
      : context_(context),
        plan_batch_(std::move(plan_batch)),
        tuning_batch_(tuning_batch),
        constants_(context.device()) {}

  /// Whether `known` leaves nothing to measure: knows_algorithms among the algorithms,
  /// knows_kernels among the kernels for this batch size.
  bool knows_algorithms(const kernels::MeasuredChoices& known) const;
  bool knows_kernels(std::int64_t batch, const kernels::MeasuredChoices& known) const;

  /// tune_algorithms measures the algorithms, which hold at every batch size. tune_kernels measures
  /// the kernels for one batch size. Both functions return `known` with the fastest candidates
  /// added. Both throw VulkanError if the device is lost. If making a plan with `known` throws,
  /// both pass the exception on.
  kernels::MeasuredChoices tune_algorithms(const kernels::MeasuredChoices& known);
  kernels::MeasuredChoices tune_kernels(std::int64_t batch, const kernels::MeasuredChoices& known);

 private:
  Measurement run(const plan::Plan& plan);

  runtime::DeviceContext& context_;
  PlanBatch plan_batch_;
  std::int64_t tuning_batch_;
  /// Constants (weights) of the plan that was run last.
  runtime::ConstantStore constants_;
};

}  // namespace gfnet::tuning
