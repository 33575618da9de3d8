#include "compiler/network.h"

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "gfnet/error.h"
#include "plan/estimate.h"
#include "selfcheck/candidates.h"
#include "selfcheck/problem_list.h"
#include "tuning/tuner.h"

namespace gfnet::compiler {
namespace {

/// Number of pipelines to keep; each pipeline is for another batch size. Enough for full batches,
/// the smaller last batch of a job, and single images in between.
constexpr std::size_t kKeptPipelines = 4;

/// Limit for the arena, in bytes, when algorithms are timed. The batch size for this timing is
/// reduced until the arena fits. A batch that needs a larger arena keeps any device busy.
constexpr std::uint64_t kMostTuningBytes = 256u << 20;

/// Throws UnsupportedError if one of the names is switched off on the device.
void refuse_switched_off(const std::set<std::string>& names, const kernels::DeviceFacts& device) {
  for (const std::string& name : names) {
    if (device.switched_off.contains(name)) kernels::refuse_switched_off(name, device.name);
  }
}

}  // namespace

Network::Network(tuning::TunedDevice& context, const Model& model, const ClassifierOptions& options)
    : Network(context, fold_model(model, options, context.facts()), options.tuning) {}

Network::Network(tuning::TunedDevice& context, Planner planner, Tuning tuning)
    : context_(context),
      planner_(std::move(planner)),
      tuning_(tuning),
      constants_(context.device()) {}

kernels::MeasuredChoices Network::choices() const {
  kernels::MeasuredChoices choices;
  if (tuning_ != Tuning::kNever) choices = context_.choices();
  if (algorithms_) choices.algorithms = *algorithms_;
  return choices;
}

plan::Plan Network::plan(std::int64_t batch) const { return planner_.plan(batch, choices()); }

void Network::tune(std::int64_t batch) {
  if (tuning_ == Tuning::kNever || (tuning_ == Tuning::kAuto && context_.facts().software)) return;
  if (context_.device().info().timestamp_bits == 0) {
    const bool was_asked_for = tuning_ == Tuning::kAlways && !algorithms_;
    log(was_asked_for ? LogLevel::kWarning : LogLevel::kInfo,
        context_.facts().name + " has no timestamps: kernels are chosen by rule, not by measuring");
    return;
  }
  check(tuning_batch());  // the tuner compares its candidates with what the rule chooses
  // The tuner plans with a planner of its own, so that the graphs of losing algorithms are freed.
  tuning::Tuner tuner(
      context_,
      [this, planner = planner_](std::int64_t size, const kernels::MeasuredChoices& choices) {
        plan::Plan candidate = planner.plan(size, choices);
        if (context_.checks_kernels()) {
          const graph::Graph& graph = planner.expanded(choices.algorithms);
          check(graph, candidate);
          refuse_switched_off(selfcheck::names_in(graph, candidate), context_.facts());
        }
        return candidate;
      },
      tuning_batch());
  const bool tunes_algorithms = !algorithms_ && !tuner.knows_algorithms(choices());
  if (!tunes_algorithms && tuner.knows_kernels(batch, choices())) return;
  drop_pipelines();
  constants_.clear();  // the tuner uploads weights of its own
  if (tunes_algorithms) {
    context_.remember(tuner.tune_algorithms(choices()));
    if (check(batch)) return tune(batch);  // checked with the algorithms that were found
  }
  context_.remember(tuner.tune_kernels(batch, choices()));
  if (take_over_verdicts()) tune(batch);  // among the candidates that are left
}

bool Network::check(const graph::Graph& graph, const plan::Plan& plan) {
  std::set<std::string> unknown = selfcheck::names_in(graph, plan);
  std::erase_if(unknown, [&](const std::string& name) { return context_.verdicts().knows(name); });
  return !unknown.empty() &&
         context_.check(selfcheck::problems_of(graph, plan.batch, context_.facts()), unknown);
}

bool Network::take_over_verdicts() {
  kernels::DeviceFacts facts = context_.facts();
  if (facts.switched_off == planner_.device().switched_off) return false;
  planner_.set_device(std::move(facts));
  return true;
}

bool Network::check(std::int64_t batch) {
  // Another network of the device may have found a kernel not right.
  bool has_changed = take_over_verdicts();
  if (context_.checks_kernels()) {
    while (check(planner_.expanded(choices().algorithms), plan(batch))) {
      has_changed = take_over_verdicts() || has_changed;
    }
  }
  refuse_switched_off(selfcheck::preprocessing_names(), planner_.device());
  return has_changed;
}

std::int64_t Network::usual_batch() const {
  // A software driver gains nothing once the rows of a batch fill its tiles and threads. A GPU
  // gains until the batch's working set exceeds its caches; a slow one is busy with less.
  const std::int64_t most = context_.facts().software ? 4 : 32;
  return largest_batch(most, [&](const plan::Plan& plan) {
    return context_.facts().software || plan::has_short_steps(plan, context_.facts());
  });
}

std::int64_t Network::largest_batch(std::int64_t batch,
                                    const std::function<bool(const plan::Plan&)>& is_fit) const {
  for (; batch > 1; batch /= 2) {
    try {
      if (is_fit(plan(batch))) break;
    } catch (const TooLargeError&) {
    }
  }
  return batch;
}

std::int64_t Network::short_batch(std::int64_t batch) const {
  const kernels::DeviceFacts facts = context_.facts();
  if (facts.software) return batch;
  return largest_batch(batch,
                       [&](const plan::Plan& plan) { return plan::has_short_steps(plan, facts); });
}

std::int64_t Network::default_batch() const {
  const std::optional<std::uint64_t> free =
      context_.device().free_bytes(vulkan::MemoryKind::kDeviceLocal);
  return largest_batch(usual_batch(), [&](const plan::Plan& plan) {
    return !free || plan.arena_bytes + plan.constant_bytes <= *free;
  });
}

std::int64_t Network::tuning_batch() const {
  return largest_batch(usual_batch(),
                       [](const plan::Plan& plan) { return plan.arena_bytes <= kMostTuningBytes; });
}

void Network::drop_pipelines() {
  recently_used_.clear();
  pipelines_.clear();
  arena_.reset();
}

void Network::make_room(const plan::Plan& plan) {
  if (!arena_ || arena_->bytes() < plan.arena_bytes) {
    drop_pipelines();
  } else if (pipelines_.size() == kKeptPipelines) {
    pipelines_.erase(recently_used_.front());
    recently_used_.erase(recently_used_.begin());
  }
}

runtime::BatchPipeline& Network::for_batch(std::int64_t batch) {
  auto found = pipelines_.find(batch);
  if (found == pipelines_.end()) {
    check(batch);
    tune(batch);
    if (!algorithms_) algorithms_ = choices().algorithms;
    check(batch);  // a tuned choice may be one of an earlier run
    plan::Plan new_plan = plan(batch);
    make_room(new_plan);
    constants_.upload(new_plan);
    if (!arena_) {
      arena_ = std::make_shared<vulkan::Memory>(context_.device(), new_plan.arena_bytes,
                                                vulkan::MemoryKind::kDeviceLocal);
    }
    found = pipelines_
                .try_emplace(batch, context_, std::move(new_plan), constants_,
                             runtime::BatchPipeline::Options{.arena = arena_})
                .first;
  }
  std::erase(recently_used_, batch);
  recently_used_.push_back(batch);
  return found->second;
}

}  // namespace gfnet::compiler
