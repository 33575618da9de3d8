#include "compiler/compile.h"

#include <optional>
#include <string>

#include "base/log.h"
#include "gfnet/error.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "passes/passes.h"

namespace gfnet::compiler {

void check_options(const ClassifierOptions& options) {
  if (options.top_k < 1) throw Error("top_k must be at least 1");
}

void check_explanation(const ExplainOptions& options, const ModelDescription& model) {
  const auto check = [&](const std::optional<std::int64_t>& index, const std::string& what,
                         std::int64_t count) {
    if (!index || (*index >= 0 && *index < count)) return;
    throw ArgumentError("the model has no " + what + " " + std::to_string(*index) +
                        "; valid numbers are 0 to " + std::to_string(count - 1));
  };
  check(options.class_index, "class", model.classes);
  std::int64_t layers = 0;
  for (const StageDescription& stage : model.stages) layers += stage.depth;
  check(options.layer, "layer", layers);
}

Precision automatic_precision(bool is_software, bool has_half_storage) {
  return !is_software && has_half_storage ? Precision::kFp16 : Precision::kFp32;
}

plan::Planner compile(const Model& model, const ClassifierOptions& options,
                      const kernels::DeviceFacts& device) {
  check_explanation(options.explain, model.description());
  const Model::Contents& contents = model.contents();
  graph::Graph graph = passes::fold(model::build_graph(
      contents.checkpoint, contents.config, options.top_k,
      {options.explain.class_maps, options.explain.class_index, options.explain.layer}));
  const bool is_free = options.precision == Precision::kAuto;
  Precision precision =
      is_free ? automatic_precision(device.software, device.half_storage) : options.precision;
  if (precision == Precision::kFp16) {
    if (!device.half_storage) {
      throw UnsupportedError("half precision (16-bit storage buffers)", device.name);
    }
    // The weights of the products are the same on every spectral path, so they can be checked
    // before the path is chosen.
    const auto unfit = passes::find_unfit_weight(passes::half_precision(graph));
    if (unfit) {
      const FormatError error(model.description().path,
                              unfit->cause + ": this model cannot run in half precision",
                              unfit->name);
      if (!is_free) throw error;
      log(LogLevel::kInfo, error.what());
      precision = Precision::kFp32;
    }
  }
  return {std::move(graph), device, precision};
}

}  // namespace gfnet::compiler
