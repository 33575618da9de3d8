#include "plan/memory_need.h"

namespace gfnet::plan {
namespace {

std::uint64_t room_of(const Plan& plan, const Resource& resource) {
  return (resource.bytes + plan.alignment - 1) / plan.alignment * plan.alignment;
}

std::uint64_t live_bytes(const Plan& plan, int step) {
  std::uint64_t sum = 0;
  for (const Resource& resource : plan.resources) {
    const bool is_live = resource.kind == Resource::Kind::kArena && resource.first_step <= step &&
                         step <= resource.last_step;
    if (is_live) sum += room_of(plan, resource);
  }
  return sum;
}

}  // namespace

MemoryNeed memory_need(const Plan& plan) {
  MemoryNeed need;
  need.weights_bytes = plan.constant_bytes;
  need.input_bytes = room_of(plan, plan.resources[plan.input]);
  need.arena_bytes = plan.arena_bytes;
  for (std::size_t i = 0; i < plan.steps.size(); ++i) {
    if (!plan.steps[i].block) continue;
    const std::uint64_t bytes = live_bytes(plan, static_cast<int>(i));
    if (bytes <= need.block_bytes) continue;
    need.block_bytes = bytes;
    need.block_step = plan.steps[i].name;
  }
  return need;
}

}  // namespace gfnet::plan
