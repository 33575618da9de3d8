#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <vector>

#include "plan/choices.h"
#include "plan/plan.h"
#include "runtime/constant_store.h"
#include "runtime/device_context.h"
#include "runtime/planner.h"

namespace gfnet::runtime {

/// The plan that comes of choices.
using Planning = std::function<plan::Plan(const plan::Choices& choices)>;

/// What a plan showed when it ran.
struct TrialRun {
  /// For every problem that the plan decides the seconds of all its steps.
  std::map<std::string, double> seconds;
  /// What came of an input that is the same for all plans.
  std::vector<float> outputs;
};
using Running = std::function<TrialRun(const plan::Plan& plan)>;

/// Find out which candidates are fastest: make and run a plan with each problem's first candidate,
/// one with each one's second, and so on, so that all problems share the runs; ways each with all
/// their kernels. Problems that `known` answers, that have one candidate only, or that are too
/// small to matter are left alone.
///
/// A candidate loses for which either function throws an Error, or with which other results come:
/// of a kernel, bits other than the rule's kernel gives; of a way, numbers further from the rule's
/// than rounding takes them. Where candidates were tried together, each is then tried alone. A lost
/// device ends it all: throws VulkanError.
///
/// Return what was found, and `known`, all of which a later call leaves alone. find_ways finds the
/// kernels that the ways were timed with, too.
plan::Choices find_ways(const Planning& planning, const Running& running,
                        const plan::Choices& known);
plan::Choices find_kernels(const Planning& planning, const Running& running,
                           const plan::Choices& known);

/// Finds out on the device which ways and kernels are fastest for a model. Runs the whole network
/// and takes every step's time by timestamps: so each candidate is measured where it will run, with
/// the memory traffic around it.
class Tuner {
 public:
  /// way_batch: at which ways are timed, whatever the batch that is asked for first. Both others
  /// must outlive the tuner. The device needs timestamps.
  Tuner(DeviceContext& context, const Planner& planner, std::int64_t way_batch)
      : context_(context), planner_(planner), way_batch_(way_batch), constants_(context.device()) {}

  /// Whether there is nothing to measure.
  bool knows_ways(const plan::Choices& known) const;
  bool knows_kernels(std::int64_t batch, const plan::Choices& known) const;

  /// `known` and what else was found. Throw what planning and running the network throw.
  plan::Choices tune_ways(const plan::Choices& known);
  plan::Choices tune_kernels(std::int64_t batch, const plan::Choices& known);

 private:
  TrialRun run(const plan::Plan& plan);

  DeviceContext& context_;
  const Planner& planner_;
  std::int64_t way_batch_;
  /// Of the plan that ran last.
  ConstantStore constants_;
};

}  // namespace gfnet::runtime
