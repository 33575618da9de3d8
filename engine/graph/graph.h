#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.h"
#include "gfnet/shape.h"
#include "graph/choice.h"
#include "graph/operation.h"

namespace gfnet::graph {

using ValueId = std::int32_t;

/// Order of a value's elements in memory. Shapes are those of one image, without the batch axis.
enum class Layout {
  /// [N, C], channels innermost: the layout that matrix products read. On the device every row is
  /// padded with zeros to a multiple of four channels.
  kTokens,
  /// [C, H, W], one contiguous plane for each channel: the layout of input images, and what FFTs
  /// read.
  kPlanes,
  /// [C, H, W/2+1, 2], interleaved complex.
  kSpectrum,
  /// A constant of any shape, dense row-major, the same for every image of a batch.
  kConstant,
};

std::string_view name_of(Layout layout);

/// One tensor of the graph: an input, a constant or the output of a node.
struct Value {
  std::string name;
  Shape shape;
  Layout layout = Layout::kTokens;
  /// Element type on the device: kF32, or kF16 after passes::half_precision.
  DType dtype = DType::kF32;
  /// The elements of a constant; null for inputs and node outputs. Several graphs may share the
  /// elements, so they are never modified.
  std::shared_ptr<const std::vector<float>> data;

  bool is_constant() const { return data != nullptr; }
};

/// A node's name, its block, and the choice of its spectral layer. A pass that replaces a node
/// gives the old node's info to the new nodes.
struct NodeInfo {
  NodeInfo(std::string node_name) : name(std::move(node_name)) {}  // a name alone is enough
  NodeInfo(const char* node_name) : name(node_name) {}

  /// A copy of this info with another name.
  NodeInfo named(std::string other) const {
    NodeInfo copy = *this;
    copy.name = std::move(other);
    return copy;
  }

  std::string name;
  /// The block of the network that the node belongs to, counted from 0 over all stages. nullopt
  /// outside of blocks.
  std::optional<std::int64_t> block;
  /// If the node belongs to a spectral layer: the choice of the layer's algorithm
  /// (kernels::choose_spectral).
  std::optional<Choice> choice;
};

/// One operation, with the values that it reads and the value that it computes.
struct Node : NodeInfo {
  Node(NodeInfo info, Operation op, std::vector<ValueId> reads, ValueId computes)
      : NodeInfo(std::move(info)),
        operation(std::move(op)),
        inputs(std::move(reads)),
        output(computes) {}

  Operation operation;
  std::vector<ValueId> inputs;
  ValueId output;
};

/// A network as operations on values, in execution order: a node's inputs come before it.
/// Plain data. Passes read one graph and write another.
class Graph {
 public:
  ValueId add_input(std::string name, Shape shape, Layout layout);
  /// Throws Error unless data.size() equals the number of elements of the shape.
  ValueId add_constant(std::string name, Shape shape, std::vector<float> data);
  /// Adds a copy of a value of another graph. If the value is a constant, the copy shares the
  /// elements with the original.
  ValueId add_value(const Value& value);
  /// Adds an operation and infers its output's shape. layout: the output's layout, for operations
  /// that can write several layouts. Returns the output. Throws Error if the inputs do not fit the
  /// operation.
  ValueId add_node(NodeInfo info, Operation operation, std::vector<ValueId> inputs,
                   Layout layout = Layout::kTokens);
  /// Sets the operation and the choice of a node. index: the node's index in nodes(). choice: the
  /// one that was made for the node's spectral layer. operation: the one that this choice requires.
  void choose(std::size_t index, Operation operation, Choice choice) {
    nodes_.at(index).operation = std::move(operation);
    nodes_.at(index).choice = std::move(choice);
  }
  void set_dtype(ValueId id, DType dtype) {
    values_.at(static_cast<std::size_t>(id)).dtype = dtype;
  }
  void mark_output(ValueId value) { outputs_.push_back(value); }

  const Value& value(ValueId id) const { return values_.at(static_cast<std::size_t>(id)); }
  const std::vector<Value>& values() const { return values_; }
  const std::vector<Node>& nodes() const { return nodes_; }
  const std::vector<ValueId>& inputs() const { return inputs_; }
  const std::vector<ValueId>& outputs() const { return outputs_; }

  /// The node that computes the value; nullptr for inputs and constants.
  const Node* producer(ValueId id) const;
  /// The nodes that read the value, in execution order.
  std::vector<const Node*> consumers(ValueId id) const;

 private:
  std::vector<Value> values_;
  std::vector<Node> nodes_;
  std::vector<ValueId> inputs_;
  std::vector<ValueId> outputs_;
};

/// Shape and layout of an operation's output.
struct Inferred {
  Shape shape;
  Layout layout;
};
/// Checks the inputs of an operation and infers its output. node_name: for messages. wanted: the
/// output's layout, for operations that can write several layouts. Throws Error naming the node if
/// the inputs do not fit.
Inferred infer_shape(const Graph& graph, const std::string& node_name, const Operation& operation,
                     const std::vector<ValueId>& inputs, Layout wanted);

/// Dumps the graph, one line for each input and node:
/// `%12 blocks.0.mlp.fc1 = linear{gelu}(%11, …) tokens [196, 1536] f32`.
std::string to_text(const Graph& graph);

}  // namespace gfnet::graph
