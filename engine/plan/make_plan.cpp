#include <optional>
#include <type_traits>

#include "gfnet/error.h"
#include "kernels/spectral_layer.h"
#include "plan/lower.h"

namespace gfnet::plan {
namespace {

/// Catches operations that the passes should have replaced. Always throws Error.
template <typename Operation>
void lower(PlanBuilder&, const Operation& operation, const graph::Node& node) {
  throw Error(node.name + ": '" + std::string(graph::name_of(graph::Operation(operation))) +
              "' has no kernel; run the passes first");
}

}  // namespace

Plan make_plan(const graph::Graph& graph, std::int64_t batch, const kernels::DeviceFacts& device,
               const kernels::MeasuredChoices& choices) {
  PlanBuilder plan(graph, batch, device, choices);
  const std::vector<graph::Node>& nodes = graph.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const graph::Node& node = nodes[i];
    const auto spectral = kernels::spectral_choice(graph, node, device, choices.algorithms);
    plan.begin_node(spectral ? std::optional(spectral->choice) : std::nullopt);
    if (i + 1 < nodes.size() && lower_by_rows(plan, node, nodes[i + 1])) {
      ++i;
      continue;
    }
    std::visit(
        [&](const auto& operation) {
          using Operation = std::decay_t<decltype(operation)>;
          if constexpr (std::is_same_v<Operation, graph::SpectralFilter>) {
            lower(plan, operation, node,
                  spectral ? std::optional(spectral->algorithm) : std::nullopt);
          } else {
            lower(plan, operation, node);
          }
        },
        node.operation);
  }
  return plan.finish();
}

}  // namespace gfnet::plan
