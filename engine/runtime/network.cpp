#include "runtime/network.h"

#include <algorithm>

#include "gfnet/error.h"
#include "runtime/tuner.h"

namespace gfnet::runtime {
namespace {

/// Enough for a full batch, the last and smaller one of a run, and single images in between.
constexpr std::size_t kKeptPipelines = 4;

}  // namespace

Network::Network(DeviceContext& context, Planner planner, Tuning tuning)
    : context_(context),
      planner_(std::move(planner)),
      tuning_(tuning),
      constants_(context.device()) {}

plan::Plan Network::plan(std::int64_t batch) const {
  const bool by_rule = tuning_ == Tuning::kNever;
  return planner_.plan(batch, by_rule ? plan::Choices() : context_.choices());
}

void Network::tune(std::int64_t batch) {
  if (tuning_ == Tuning::kNever || (tuning_ == Tuning::kAuto && context_.facts().software)) return;
  if (is_tuned(context_, planner_, batch, context_.choices())) return;
  release();  // the tuner uploads weights of its own
  context_.remember(runtime::tune(context_, planner_, batch, context_.choices()));
}

std::int64_t Network::default_batch() const {
  // A software driver gains nothing from more rows than its tiles and threads fill; a GPU does,
  // until the batch's working set leaves its caches.
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

void Network::drop_pipelines() {
  recently_used_.clear();
  pipelines_.clear();
  arena_.reset();
}

void Network::release() {
  drop_pipelines();
  constants_.clear();
}

void Network::make_room(const plan::Plan& plan) {
  if (!constants_.holds(plan)) {
    release();
  } else if (!arena_ || arena_->bytes() < plan.arena_bytes) {
    drop_pipelines();
  } else if (pipelines_.size() == kKeptPipelines) {
    pipelines_.erase(recently_used_.front());
    recently_used_.erase(recently_used_.begin());
  }
}

BatchPipeline& Network::for_batch(std::int64_t batch) {
  auto found = pipelines_.find(batch);
  if (found == pipelines_.end()) {
    tune(batch);
    plan::Plan new_plan = plan(batch);
    make_room(new_plan);
    constants_.upload(new_plan);
    if (!arena_) {
      arena_ = std::make_shared<vulkan::Memory>(context_.device(), new_plan.arena_bytes,
                                                vulkan::MemoryKind::kDeviceLocal);
    }
    found = pipelines_
                .try_emplace(batch, context_, std::move(new_plan), constants_,
                             BatchPipeline::Options{.arena = arena_})
                .first;
  }
  std::erase(recently_used_, batch);
  recently_used_.push_back(batch);
  return found->second;
}

}  // namespace gfnet::runtime
