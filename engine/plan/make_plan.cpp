#include "gfnet/error.h"
#include "plan/lower.h"
#include "plan/spectral_layer.h"

namespace gfnet::plan {
namespace {

/// Operations that the passes replace, each by its name.
template <typename Operation>
void lower(PlanBuilder&, const Operation& operation, const graph::Node& node) {
  throw Error(node.name + ": '" + std::string(graph::name_of(graph::Operation(operation))) +
              "' has no kernel; run the passes first");
}

}  // namespace

Plan make_plan(const graph::Graph& graph, std::int64_t batch, const DeviceFacts& device,
               const Choices& choices) {
  PlanBuilder plan(graph, batch, device, choices);
  const std::vector<graph::Node>& nodes = graph.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const graph::Node& node = nodes[i];
    if (i + 1 < nodes.size() && lower_by_rows(plan, node, nodes[i + 1])) {
      ++i;
      continue;
    }
    if (auto choice = spectral_choice(graph, node, batch, device, choices)) {
      plan.decide(std::move(choice->decision));
    }
    std::visit([&](const auto& operation) { lower(plan, operation, node); }, node.operation);
  }
  return plan.finish();
}

}  // namespace gfnet::plan
