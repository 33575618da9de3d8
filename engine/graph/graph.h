#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/dtype.h"
#include "gfnet/shape.h"
#include "graph/operation.h"

namespace gfnet::graph {

using ValueId = std::int32_t;

/// How a value's elements lie in memory; the shape is that of one image.
enum class Layout {
  /// [N, C], channels innermost: what matrix products read. On the device every row is padded with
  /// zeros to a multiple of four channels.
  kTokens,
  /// [C, H, W], one contiguous plane a channel: what images come as and what FFTs read.
  kPlanes,
  /// [C, H, W/2+1, 2], interleaved complex.
  kSpectrum,
  /// A constant of any shape, dense row-major, the same for every image of a batch.
  kConstant,
};

std::string_view name_of(Layout layout);

/// One tensor of the graph: the graph's input, a constant, or what a node computes.
struct Value {
  std::string name;
  Shape shape;
  Layout layout = Layout::kTokens;
  /// How the device stores it: kF32, or kF16 (passes::half_precision).
  DType dtype = DType::kF32;
  /// A constant's elements; null for everything else. Shared between graphs, never written to.
  std::shared_ptr<const std::vector<float>> data;

  bool is_constant() const { return data != nullptr; }
};

struct Node {
  std::string name;
  Operation operation;
  std::vector<ValueId> inputs;
  ValueId output;
};

/// A network as operations on values, in execution order: a node's inputs come before it.
/// Plain data; passes read one graph and write another.
class Graph {
 public:
  ValueId add_input(std::string name, Shape shape, Layout layout);
  /// data.size() must be the shape's number of elements.
  ValueId add_constant(std::string name, Shape shape, std::vector<float> data);
  /// A copy of a value of another graph; the data is shared.
  ValueId add_value(const Value& value);
  /// Infers the output's shape; `layout` matters only to operations that offer a choice.
  /// Throws Error if the inputs do not fit the operation.
  ValueId add_node(std::string name, Operation operation, std::vector<ValueId> inputs,
                   Layout layout = Layout::kTokens);
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

/// What an operation's output looks like. Throws Error naming the node where inputs do not fit.
struct Inferred {
  Shape shape;
  Layout layout;
};
Inferred infer_shape(const Graph& graph, const std::string& node_name, const Operation& operation,
                     const std::vector<ValueId>& inputs, Layout wanted);

/// One line a node: `%12 blocks.0.mlp.fc1 = linear{gelu}(%11, …) tokens [196, 1536]`.
std::string to_text(const Graph& graph);

}  // namespace gfnet::graph
