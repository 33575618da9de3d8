#include <fmt/format.h>

#include <concepts>

#include "gfnet/error.h"
#include "plan/lower.h"

namespace gfnet::plan {
namespace {

template <typename Operation, typename... Others>
concept OneOf = (std::same_as<Operation, Others> || ...);

/// Throws Error: the passes replace these operations by others, so they have no kernel. An
/// operation that is neither here nor in lower.h does not compile.
template <
    OneOf<graph::PatchEmbed, graph::Gelu, graph::Scale, graph::Add, graph::GlobalFilter> Operation>
void lower(PlanBuilder&, const Operation& operation, const graph::Node& node) {
  throw Error(fmt::format("{}: '{}' has no kernel; run the passes first", node.name,
                          graph::name_of(graph::Operation(operation))));
}

}  // namespace

Plan make_plan(const graph::Graph& graph, std::int64_t batch, const kernels::DeviceFacts& device,
               const kernels::MeasuredChoices& choices) {
  PlanBuilder plan(graph, batch, device, choices);
  const std::vector<graph::Node>& nodes = graph.nodes();
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    plan.begin_node(nodes[i]);
    if (i + 1 < nodes.size() && lower_by_rows(plan, nodes[i], nodes[i + 1])) {
      ++i;
      continue;
    }
    std::visit([&](const auto& operation) { lower(plan, operation, nodes[i]); },
               nodes[i].operation);
  }
  return plan.finish();
}

}  // namespace gfnet::plan
