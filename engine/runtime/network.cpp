#include "runtime/network.h"

#include <algorithm>

namespace gfnet::runtime {
namespace {

/// Enough for a full batch, the last and smaller one of a run, and single images in between.
constexpr std::size_t kKeptPipelines = 4;

}  // namespace

Network::Network(DeviceContext& context, graph::Graph graph)
    : context_(context), graph_(std::move(graph)), constants_(context.device(), graph_) {}

plan::Plan Network::plan(std::int64_t batch) const {
  return plan::make_plan(graph_, batch, context_.facts());
}

BatchPipeline& Network::for_batch(std::int64_t batch) {
  auto found = pipelines_.find(batch);
  if (found == pipelines_.end()) {
    plan::Plan new_plan = plan(batch);
    constants_.upload(new_plan);
    if (pipelines_.size() == kKeptPipelines) {  // before the new one takes its memory
      pipelines_.erase(recently_used_.front());
      recently_used_.erase(recently_used_.begin());
    }
    found = pipelines_.try_emplace(batch, context_, std::move(new_plan), constants_).first;
  }
  std::erase(recently_used_, batch);
  recently_used_.push_back(batch);
  return found->second;
}

}  // namespace gfnet::runtime
