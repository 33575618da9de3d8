#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace gfnet::passes {

/// Copies a graph node by node while a pass replaces some of the nodes.
///
/// A constant is copied when the pass or a copied node first reads it. A constant that the pass has
/// folded into another is no longer read, so it is not copied.
class Rewriter {
 public:
  explicit Rewriter(const graph::Graph& source);

  const graph::Graph& source() const { return source_; }
  graph::Graph& target() { return target_; }

  /// Returns the value of the target graph that stands for a value of the source graph. Copies a
  /// constant at its first use. Throws Error if the value is a node's output that was neither
  /// copied nor replaced.
  graph::ValueId operator[](graph::ValueId source_value);
  std::vector<graph::ValueId> operator[](const std::vector<graph::ValueId>& source_values);

  /// Copies one node unchanged. Does nothing if the node's output was copied or replaced already.
  void copy(const graph::Node& node);
  /// Declares that target_value stands for source_value from now on.
  void replace(graph::ValueId source_value, graph::ValueId target_value);

  /// Marks the outputs and returns the target graph. The rewriter cannot be used afterwards.
  graph::Graph finish();

 private:
  const graph::Graph& source_;
  graph::Graph target_;
  std::vector<std::optional<graph::ValueId>> counterpart_;
};

/// The only node that reads the value. nullptr if several or none do, or if the value is an output
/// of the graph.
const graph::Node* sole_consumer(const graph::Graph& graph, graph::ValueId value);

/// The node's operation as a T. nullptr if the node is nullptr or its operation is not a T.
template <typename T>
const T* as(const graph::Node* node) {
  return node == nullptr ? nullptr : std::get_if<T>(&node->operation);
}

}  // namespace gfnet::passes
