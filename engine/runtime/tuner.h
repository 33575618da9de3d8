#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>

#include "plan/choices.h"
#include "plan/plan.h"
#include "runtime/device_context.h"
#include "runtime/planner.h"

namespace gfnet::runtime {

/// The plan that comes of choices.
using Planning = std::function<plan::Plan(const plan::Choices& choices)>;
/// For every problem that a plan decides the seconds of all its steps.
using Timing = std::function<std::map<std::string, double>(const plan::Plan& plan)>;

/// Finds out which candidates are fastest: makes and times a plan with each problem's first
/// candidate, one with each one's second, and so on, so that all problems share the runs. Problems
/// that `known` answers, that have one candidate only, or that are too small to matter are left
/// alone. A candidate for which either function throws UnsupportedError loses.
///
/// Returns `known` and what was found, all of which a later call leaves alone.
plan::Choices find_fastest(const Planning& planning, const Timing& timing,
                           const plan::Choices& known);

/// Finds out on the device which kernels, and which paths through the passes, are fastest for a
/// model at a batch size. Runs the whole network and takes every step's time by timestamps: so each
/// candidate is measured where it will run, with the memory traffic around it.
///
/// A device without timestamps learns nothing. Throws what planning and running the network throw.
plan::Choices tune(DeviceContext& context, const Planner& planner, std::int64_t batch,
                   const plan::Choices& known);

/// Whether tune() has nothing to measure.
bool is_tuned(DeviceContext& context, const Planner& planner, std::int64_t batch,
              const plan::Choices& known);

}  // namespace gfnet::runtime
