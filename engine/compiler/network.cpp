#include "compiler/network.h"

#include <algorithm>

#include "base/log.h"
#include "gfnet/error.h"
#include "tuning/tuner.h"

namespace gfnet::compiler {
namespace {

/// Number of pipelines to keep; each pipeline is for another batch size. Enough for full batches,
/// the smaller last batch of a job, and single images in between.
constexpr std::size_t kKeptPipelines = 4;

/// Limit for the arena, in bytes, when algorithms are timed. The batch size for this timing is
/// reduced until the arena fits. A batch that needs a larger arena keeps any device busy.
constexpr std::uint64_t kMostTuningBytes = 256u << 20;

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
  // The tuner plans with a planner of its own, so that the graphs of losing algorithms are freed.
  tuning::Tuner tuner(
      context_,
      [planner = planner_](std::int64_t size, const kernels::MeasuredChoices& choices) {
        return planner.plan(size, choices);
      },
      tuning_batch());
  const bool tunes_algorithms = !algorithms_ && !tuner.knows_algorithms(choices());
  if (!tunes_algorithms && tuner.knows_kernels(batch, choices())) return;
  drop_pipelines();
  constants_.clear();  // the tuner uploads weights of its own
  if (tunes_algorithms) context_.remember(tuner.tune_algorithms(choices()));
  context_.remember(tuner.tune_kernels(batch, choices()));
}

std::int64_t Network::default_batch() const {
  // A software driver gains nothing once the rows of a batch fill its tiles and threads. A GPU
  // gains until the batch's working set exceeds its caches.
  std::int64_t batch = context_.facts().software ? 4 : 32;
  for (; batch > 1; batch /= 2) {
    try {
      plan(batch);
      break;
    } catch (const TooLargeError&) {
    }
  }
  return batch;
}

std::int64_t Network::tuning_batch() const {
  std::int64_t batch = default_batch();
  while (batch > 1 && plan(batch).arena_bytes > kMostTuningBytes) batch /= 2;
  return batch;
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
    tune(batch);
    if (!algorithms_) algorithms_ = choices().algorithms;
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
