#include "passes/rewriter.h"

#include <fmt/format.h>

#include <algorithm>

#include "gfnet/error.h"

namespace gfnet::passes {

using graph::Graph;
using graph::Node;
using graph::ValueId;

Rewriter::Rewriter(const Graph& source) : source_(source), counterpart_(source.values().size()) {
  for (ValueId id : source.inputs()) {
    const graph::Value& value = source.value(id);
    replace(id, target_.add_input(value.name, value.shape, value.layout));
    target_.set_dtype(*counterpart_[static_cast<std::size_t>(id)], value.dtype);
  }
}

ValueId Rewriter::operator[](ValueId source_value) {
  std::optional<ValueId>& entry = counterpart_.at(static_cast<std::size_t>(source_value));
  if (!entry) {
    const graph::Value& value = source_.value(source_value);
    if (!value.is_constant()) throw Error(fmt::format("pass dropped the value '{}'", value.name));
    entry = target_.add_value(value);
  }
  return *entry;
}

std::vector<ValueId> Rewriter::operator[](const std::vector<ValueId>& source_values) {
  std::vector<ValueId> mapped;
  for (ValueId id : source_values) mapped.push_back((*this)[id]);
  return mapped;
}

void Rewriter::copy(const Node& node) {
  if (counterpart_.at(static_cast<std::size_t>(node.output))) return;
  const graph::Value& value = source_.value(node.output);
  const ValueId copied = target_.add_node(node, node.operation, (*this)[node.inputs], value.layout);
  target_.set_dtype(copied, value.dtype);
  replace(node.output, copied);
}

void Rewriter::replace(ValueId source_value, ValueId target_value) {
  counterpart_.at(static_cast<std::size_t>(source_value)) = target_value;
}

Graph Rewriter::finish() {
  for (ValueId id : source_.outputs()) target_.mark_output((*this)[id]);
  return std::move(target_);
}

const Node* sole_consumer(const Graph& graph, ValueId value) {
  if (std::ranges::find(graph.outputs(), value) != graph.outputs().end()) return nullptr;
  const std::vector<const Node*> readers = graph.consumers(value);
  return readers.size() == 1 ? readers.front() : nullptr;
}

}  // namespace gfnet::passes
