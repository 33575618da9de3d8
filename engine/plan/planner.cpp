#include "plan/planner.h"

#include "gfnet/error.h"
#include "kernels/spectral_layer.h"
#include "passes/passes.h"

namespace gfnet::plan {

const graph::Graph& Planner::expanded(const kernels::ChoiceTable& algorithms) const {
  const DType storage = precision_ == Precision::kFp16 ? DType::kF16 : DType::kF32;
  const graph::Graph chosen = kernels::choose_spectral(folded_, storage, device_, algorithms);
  std::vector<std::string> names;
  for (const graph::Node& node : chosen.nodes()) {
    if (node.choice) names.push_back(node.choice->name());
  }
  auto found = expanded_.find(names);
  if (found == expanded_.end()) {
    found = expanded_.emplace(std::move(names), passes::expand(chosen, storage)).first;
  }
  return found->second;
}

Plan Planner::plan(std::int64_t batch, const kernels::MeasuredChoices& choices) const {
  if (batch < 1) {
    throw ArgumentError("a batch must have at least 1 image, not " + std::to_string(batch));
  }
  return make_plan(expanded(choices.algorithms), batch, device_, choices);
}

}  // namespace gfnet::plan
