#include "compiler/planner.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/log.h"
#include "compiler/check_options.h"
#include "gfnet/error.h"
#include "kernels/spectral_layer.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "passes/passes.h"
#include "selfcheck/candidates.h"

namespace gfnet::compiler {
namespace {

/// Whether gfnet check has found that the device computes small networks wrongly, end to end,
/// though without the kernels that are switched off.
bool fails_on_networks(const kernels::DeviceFacts& device, DType storage) {
  return std::ranges::any_of(selfcheck::network_names(storage), [&](const std::string& name) {
    return device.switched_off.contains(name);
  });
}

/// Throws UnsupportedError if the device computes networks in this precision wrongly.
void refuse_wrong_networks(const kernels::DeviceFacts& device, DType storage) {
  if (!fails_on_networks(device, storage)) return;
  throw UnsupportedError(
      fmt::format("networks in {}, which this driver computes wrongly from end to end (see gfnet "
                  "check; GFNET_CHECK=off uses it all the same)",
                  storage == DType::kF16 ? "half precision" : "single precision"),
      device.name);
}

/// The precision in which a folded graph runs: `wanted`, or for kAuto the result of
/// automatic_precision. If kAuto selects kFp16 but f16 cannot hold a weight, or the device computes
/// networks in it wrongly, the precision is kFp32. Throws UnsupportedError if the device cannot
/// compute in the precision. The weights of the matrix products are the same for all algorithms of
/// the spectral layers, so these weights can be checked before the algorithms are chosen.
Precision settle_precision(const graph::Graph& folded, Precision wanted,
                           const kernels::DeviceFacts& device,
                           const std::filesystem::path& model_path) {
  const bool is_free = wanted == Precision::kAuto;
  const Precision precision =
      is_free ? automatic_precision(device.software, device.half_storage) : wanted;
  if (precision != Precision::kFp16) {
    refuse_wrong_networks(device, DType::kF32);
    return precision;
  }
  if (!device.half_storage) {
    throw UnsupportedError("half precision (16-bit storage buffers)", device.name);
  }
  if (is_free && fails_on_networks(device, DType::kF16)) {
    log(LogLevel::kInfo, device.name +
                             ": gfnet check found half precision not right; single "
                             "precision is used");
    return settle_precision(folded, Precision::kFp32, device, model_path);
  }
  refuse_wrong_networks(device, DType::kF16);
  const auto unfit = passes::find_unfit_weight(passes::half_precision(folded));
  if (!unfit) return precision;
  const FormatError error(model_path, unfit->cause + ": this model cannot run in half precision",
                          unfit->name);
  if (!is_free) throw error;
  log(LogLevel::kInfo, error.what());
  return settle_precision(folded, Precision::kFp32, device, model_path);
}

}  // namespace

Precision automatic_precision(bool is_software, bool has_half_storage) {
  return !is_software && has_half_storage ? Precision::kFp16 : Precision::kFp32;
}

Planner fold_model(const Model& model, const ClassifierOptions& options,
                   const kernels::DeviceFacts& device) {
  check_head(options, model);
  check_explanation(options.explain, model.description());
  const model::Contents& contents = model::contents_of(model);
  const graph::Graph graph =
      model::build_graph(contents.checkpoint, contents.config, options.top_k,
                         {options.explain.class_maps, options.explain.class_index,
                          options.explain.layer, options.features});
  graph::Graph folded = passes::fold(graph);
  const Precision precision =
      settle_precision(folded, options.precision, device, model.description().path);
  return {std::move(folded), device, precision};
}

const graph::Graph& Planner::expanded(const kernels::ChoiceTable& algorithms) const {
  const DType storage = precision_ == Precision::kFp16 ? DType::kF16 : DType::kF32;
  const graph::Graph chosen = kernels::choose_spectral(folded_, storage, device_, algorithms);
  std::vector<std::string> names;
  for (const graph::Node& node : chosen.nodes()) {
    if (node.choice) names.push_back(node.choice->name());
  }
  auto found = expanded_.find(names);
  if (found == expanded_.end()) {
    found = expanded_.emplace(std::move(names), passes::expand(chosen, storage)).first;
  }
  return found->second;
}

plan::Plan Planner::plan(std::int64_t batch, const kernels::MeasuredChoices& choices) const {
  if (batch < 1) {
    throw ArgumentError(fmt::format("a batch must have at least 1 image, not {}", batch));
  }
  return plan::make_plan(expanded(choices.algorithms), batch, device_, choices);
}

}  // namespace gfnet::compiler
