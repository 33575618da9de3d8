#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "gfnet/classifier.h"
#include "gfnet/model.h"
#include "graph/graph.h"
#include "plan/plan.h"

namespace gfnet::compiler {

/// Makes plans of one model for one device: chooses the algorithms, expands the graph accordingly,
/// and plans the expanded graph.
class Planner {
 public:
  /// folded: the result of passes::fold, which is the same for all choices.
  Planner(graph::Graph folded, kernels::DeviceFacts device, Precision precision = Precision::kFp32)
      : folded_(std::move(folded)), device_(std::move(device)), precision_(precision) {}

  const kernels::DeviceFacts& device() const { return device_; }
  /// Plans for other facts about the device from now on.
  void set_device(kernels::DeviceFacts device) {
    device_ = std::move(device);
    expanded_.clear();
  }
  Precision precision() const { return precision_; }

  /// Returns the plan for a batch of `batch` images that uses the candidates in `choices`. Throws
  /// ArgumentError if batch < 1, and what plan::make_plan throws.
  plan::Plan plan(std::int64_t batch, const kernels::MeasuredChoices& choices) const;

  /// The graph after all passes. Each spectral layer has the algorithm that is fastest according to
  /// `algorithms`; without a measurement, the default algorithm.
  const graph::Graph& expanded(const kernels::ChoiceTable& algorithms) const;

 private:
  graph::Graph folded_;
  kernels::DeviceFacts device_;
  Precision precision_;
  /// The expanded graphs that were made so far. Key: the names of the algorithms of all spectral
  /// layers, in graph order. Plans of one graph share the graph's constants. All graphs share the
  /// weights outside of the spectral layers.
  mutable std::map<std::vector<std::string>, graph::Graph> expanded_;
};

/// The precision that Precision::kAuto selects on a device, kFp32 or kFp16, if all weights of the
/// model fit f16. has_half_storage: whether buffers of the device can store f16.
Precision automatic_precision(bool is_software, bool has_half_storage);

/// Builds the model's graph, runs the passes that depend on no device (passes::fold), and settles
/// the precision. The returned Planner makes plans from this graph, for any batch size. With
/// Precision::kAuto, a model runs in kFp32 if f16 cannot hold one of its weights; the log then says
/// so. With Precision::kFp16, throws UnsupportedError if the device cannot store f16, and
/// FormatError if f16 cannot hold one of the weights. Throws ArgumentError as check_explanation
/// does.
Planner fold_model(const Model& model, const ClassifierOptions& options,
                   const kernels::DeviceFacts& device);

}  // namespace gfnet::compiler
