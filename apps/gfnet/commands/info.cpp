#include <fmt/format.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "command_line/command.h"
#include "command_line/options.h"
#include "inputs/overwrite.h"
#include "system/paths.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::text_of;

using gfnet::Align;
using gfnet::Table;

std::string shape_text(const std::vector<std::int64_t>& shape) {
  return shape.empty() ? "scalar" : fmt::format("{}", fmt::join(shape, "×"));
}

std::string numbers(const std::vector<float>& values) {
  return fmt::format("{:.4g}", fmt::join(values, ", "));
}

std::string mlp_text(const gfnet::StageDescription& stage) {
  return stage.mlp_width_min == stage.mlp_width_max
             ? std::to_string(stage.mlp_width_min)
             : fmt::format("{}…{}", stage.mlp_width_min, stage.mlp_width_max);
}

/// Where the network was found, and what other networks the file holds: "model (also in the file:
/// model_ema)".
std::string weights_text(const gfnet::ModelDescription& d) {
  std::string text = d.weights == "." ? "the whole file" : gfnet::printable(d.weights);
  for (std::size_t i = 0; i < d.other_weights.size(); ++i) {
    text += fmt::format("{}{}", i == 0 ? " (also in the file: " : ", ",
                        gfnet::printable(d.other_weights[i]));
  }
  return d.other_weights.empty() ? text : text + "; see --weights)";
}

/// The first items that are no part of the network, and the number of the others.
std::string passed_over_text(const gfnet::ModelDescription& d) {
  constexpr std::size_t kMost = 8;
  std::string text;
  const std::size_t shown = std::min(d.passed_over.size(), kMost);
  for (std::size_t i = 0; i < shown; ++i) {
    text += fmt::format("{}{} ({})", i == 0 ? "" : ", ", gfnet::printable(d.passed_over[i].name),
                        gfnet::printable(d.passed_over[i].kind));
  }
  return shown == d.passed_over_count
             ? text
             : text + fmt::format(" and {} more", d.passed_over_count - shown);
}

/// The number of classes and where their labels come from.
std::string classes_text(const gfnet::Model& model) {
  if (!model.has_head()) return "none: no head, so only features";
  const char* const labels = model.has_imagenet_labels() ? ", assumed to be ImageNet's"
                             : model.labels().empty()    ? ""
                                                         : ", with labels";
  return fmt::format("{}{}", model.description().classes, labels);
}

void print_summary(const gfnet::Model& model) {
  const gfnet::ModelDescription& d = model.description();
  const std::string text =
      fmt::format("{}\n\n", gfnet::printable(text_of(d.path))) +
      fmt::format("  format        {}\n", d.format) +
      (d.weights == "." && d.other_weights.empty()
           ? ""
           : fmt::format("  weights       {}\n", weights_text(d))) +
      (d.passed_over_count == 0 ? "" : fmt::format("  passed over   {}\n", passed_over_text(d))) +
      fmt::format("  architecture  GFNet, {}{}\n", d.pyramid ? "pyramid" : "flat",
                  d.layer_scale ? ", with layer scale" : "") +
      fmt::format("  input         {} channel{}, {} pixels\n", d.input_channels,
                  d.input_channels == 1 ? "" : "s", extent(d.image_height, d.image_width)) +
      fmt::format("  classes       {}\n", classes_text(model)) +
      fmt::format("  parameters    {:.2f} M\n", static_cast<double>(d.parameters) / 1e6) +
      fmt::format("  arithmetic    {:.3g} GMAC per image\n", d.macs / 1e9) +
      fmt::format("  normalised    mean {}; std {}; crop {:.3f} of the resized side\n\n",
                  numbers(d.mean), numbers(d.std), d.crop_ratio);
  std::fputs(text.c_str(), stdout);

  Table stages({{"stage", Align::kRight},
                {"patch", Align::kRight},
                {"grid", Align::kRight},
                {"channels", Align::kRight},
                {"blocks", Align::kRight},
                {"MLP width", Align::kRight}});
  for (std::size_t i = 0; i < d.stages.size(); ++i) {
    const gfnet::StageDescription& stage = d.stages[i];
    stages.add({std::to_string(i), extent(stage.patch_height, stage.patch_width),
                extent(stage.grid_height, stage.grid_width), std::to_string(stage.channels),
                std::to_string(stage.depth), mlp_text(stage)});
  }
  std::fputs(stages.text().c_str(), stdout);

  Table tensors({{"tensor", Align::kLeft}, {"type", Align::kLeft}, {"shape", Align::kRight}});
  for (const gfnet::TensorDescription& tensor : d.tensors) {
    tensors.add({gfnet::printable(tensor.name), tensor.dtype, shape_text(tensor.shape)});
  }
  std::fputs(("\n" + tensors.text()).c_str(), stdout);
}

void print_json(const gfnet::Model& model) {
  const gfnet::ModelDescription& d = model.description();
  nlohmann::ordered_json document{{"path", text_of(d.path)},
                                  {"format", d.format},
                                  {"weights", d.weights},
                                  {"other_weights", d.other_weights},
                                  {"passed_over", nlohmann::ordered_json::array()},
                                  {"passed_over_count", d.passed_over_count},
                                  {"architecture", d.pyramid ? "pyramid" : "flat"},
                                  {"layer_scale", d.layer_scale},
                                  {"input", {d.input_channels, d.image_height, d.image_width}},
                                  {"classes", d.classes},
                                  {"parameters", d.parameters},
                                  {"macs", d.macs},
                                  {"mean", d.mean},
                                  {"std", d.std},
                                  {"crop_ratio", d.crop_ratio},
                                  {"labels", model.labels()},
                                  {"imagenet_labels", model.has_imagenet_labels()},
                                  {"metadata", d.metadata}};
  for (const gfnet::PassedOver& item : d.passed_over) {
    document["passed_over"].push_back({{"name", item.name}, {"kind", item.kind}});
  }
  for (const gfnet::StageDescription& stage : d.stages) {
    document["stages"].push_back({{"patch", {stage.patch_height, stage.patch_width}},
                                  {"grid", {stage.grid_height, stage.grid_width}},
                                  {"channels", stage.channels},
                                  {"depth", stage.depth},
                                  {"mlp_width", {stage.mlp_width_min, stage.mlp_width_max}}});
  }
  for (const gfnet::TensorDescription& tensor : d.tensors) {
    document["tensors"].push_back(
        {{"name", tensor.name}, {"dtype", tensor.dtype}, {"shape", tensor.shape}});
  }
  // Names in the file need not be valid UTF-8.
  std::puts(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
}

}  // namespace

void add_info(CommandLine& line) {
  struct Options {
    std::string model;
    std::string weights;
    std::optional<gfnet::ImageSize> size;
    bool json = false;
  };
  Command command =
      line.add("info", "Show a checkpoint's configuration, tensors, parameters and MACs");
  auto options = std::make_shared<Options>();
  add_model_option(command, options->model,
                   "Checkpoint, or a name from gfnet models; default: the bundled model");
  add_weights_option(command, options->weights);
  add_size_option(command, options->size);
  command.flag("--json", options->json, "Print JSON");
  command.action([options] {
    OverwriteGuard::check_streams({text_of(model_path(options->model))});
    const gfnet::Model model = load_model(options->model, options->weights, options->size);
    options->json ? print_json(model) : print_summary(model);
    return kAllDone;
  });
}

}  // namespace app
