#include "plan/planner.h"

#include "gfnet/error.h"
#include "kernels/spectral_layer.h"

namespace gfnet::plan {

const graph::Graph& Planner::lowered(const kernels::ChoiceTable& algorithms) const {
  passes::Options options;
  options.half_precision = precision_ == Precision::kFp16;
  const DType storage = options.half_precision ? DType::kF16 : DType::kF32;
  options.spectral_form = [&](const graph::Extent& grid, std::int64_t channels) {
    return kernels::spectral_algorithm({grid, channels, storage}, device_, algorithms).path;
  };
  std::vector<passes::SpectralForm> paths;
  for (const graph::Node& node : graph_.nodes()) {
    if (const auto* filter = std::get_if<graph::GlobalFilter>(&node.operation)) {
      paths.push_back(
          options.spectral_form(filter->grid, graph_.value(node.inputs.front()).shape[1]));
    }
  }
  auto found = lowered_.find(paths);
  if (found == lowered_.end()) {
    found = lowered_.emplace(paths, passes::optimize(graph_, options)).first;
  }
  return found->second;
}

Plan Planner::plan(std::int64_t batch, const kernels::MeasuredChoices& choices) const {
  if (batch < 1) throw Error("a batch must have at least 1 image, not " + std::to_string(batch));
  return make_plan(lowered(choices.algorithms), batch, device_, choices);
}

}  // namespace gfnet::plan
