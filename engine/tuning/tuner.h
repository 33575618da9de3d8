#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "kernels/choices.h"
#include "plan/plan.h"
#include "plan/planner.h"
#include "runtime/constant_store.h"
#include "runtime/device_context.h"

namespace gfnet::runtime {

/// Makes the plan for given choices.
using Planning = std::function<plan::Plan(const plan::Choices& choices)>;

/// Result of running a plan.
struct TrialRun {
  /// Key: a problem that the plan decides. Value: the seconds that all steps of the problem took.
  std::map<std::string, double> seconds;
  /// Outputs for an input that is the same for all plans.
  std::vector<float> outputs;
};
/// Runs a plan.
using Running = std::function<TrialRun(const plan::Plan& plan)>;

/// Find the fastest candidates by measurement. A way is chosen for all batch sizes, a kernel for
/// one batch size (plan/choices.h). All problems are measured in the same runs: the first plan has
/// the first candidate of every problem, the second plan the second candidates, and so on. Each
/// trial of ways includes a search for their kernels. A problem is skipped if `known` answers it,
/// if it has one candidate only, or if it is too small to matter.
///
/// A candidate loses if planning() or running() throws an Error, or if the results are wrong. A
/// kernel must give the same bits as the rule's kernel; a way may differ from the rule's way by
/// rounding only. If candidates that were tried together fail, each is tried again alone. A lost
/// device ends the search: throws VulkanError.
///
/// Return `known` and the candidates that were found. A later call with these choices does not
/// measure them again. find_ways also returns the kernels with which the ways were timed.
plan::Choices find_ways(const Planning& planning, const Running& running,
                        const plan::Choices& known);
plan::Choices find_kernels(const Planning& planning, const Running& running,
                           const plan::Choices& known);

/// Finds the fastest ways and kernels for a model on a device. It runs the whole network and
/// measures every step with timestamps, so each candidate is measured in its final place, with the
/// memory traffic around it.
class Tuner {
 public:
  /// way_batch: batch size at which ways are timed. context and planner must outlive the tuner. The
  /// device must have timestamps.
  Tuner(DeviceContext& context, const Planner& planner, std::int64_t way_batch)
      : context_(context), planner_(planner), way_batch_(way_batch), constants_(context.device()) {}

  /// Whether `known` leaves no ways, or no kernels for the batch size, to measure.
  bool knows_ways(const plan::Choices& known) const;
  bool knows_kernels(std::int64_t batch, const plan::Choices& known) const;

  /// Return `known` and the candidates that were found. Throw VulkanError if the device is lost,
  /// and the errors of planning with `known`.
  plan::Choices tune_ways(const plan::Choices& known);
  plan::Choices tune_kernels(std::int64_t batch, const plan::Choices& known);

 private:
  TrialRun run(const plan::Plan& plan);

  DeviceContext& context_;
  const Planner& planner_;
  std::int64_t way_batch_;
  /// Constants of the plan that ran last.
  ConstantStore constants_;
};

}  // namespace gfnet::runtime
