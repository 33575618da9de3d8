#pragma once

#include <optional>
#include <vector>

#include "graph/graph.h"

namespace gfnet::passes {

/// Copies a graph node by node while a pass replaces some of it.
///
/// Constants are carried over when something first reads them, so those that a pass folded away
/// disappear with it.
class Rewriter {
 public:
  explicit Rewriter(const graph::Graph& source);

  const graph::Graph& source() const { return source_; }
  graph::Graph& target() { return target_; }

  /// The target's counterpart of a source value.
  graph::ValueId operator[](graph::ValueId source_value);
  std::vector<graph::ValueId> operator[](const std::vector<graph::ValueId>& source_values);

  /// Copies one node as it is, unless a pass has already replaced what it computes.
  void copy(const graph::Node& node);
  /// Declares that the source value is now computed by this value of the target.
  void replace(graph::ValueId source_value, graph::ValueId target_value);

  /// Marks the outputs and gives the graph away.
  graph::Graph finish();

 private:
  const graph::Graph& source_;
  graph::Graph target_;
  std::vector<std::optional<graph::ValueId>> counterpart_;
};

/// The node that alone reads the value, and only if the value is no output of the graph; else
/// nullptr.
const graph::Node* sole_consumer(const graph::Graph& graph, graph::ValueId value);

/// The operation of a node if it is of type T.
template <typename T>
const T* as(const graph::Node* node) {
  return node == nullptr ? nullptr : std::get_if<T>(&node->operation);
}

}  // namespace gfnet::passes
