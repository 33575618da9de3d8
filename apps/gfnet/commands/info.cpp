#include <fmt/format.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include <cstdio>
#include <nlohmann/json.hpp>

#include "command_line/command.h"
#include "command_line/options.h"
#include "terminal/units.h"

namespace app {
namespace {

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

void print_summary(const gfnet::Model& model) {
  const gfnet::ModelDescription& d = model.description();
  const char* const labels = model.has_imagenet_labels() ? ", assumed to be ImageNet's"
                             : model.labels().empty()    ? ""
                                                         : ", with labels";
  const std::string text =
      fmt::format("{}\n\n", gfnet::printable(d.path.string())) +
      fmt::format("  format        {}\n", d.format) +
      fmt::format("  architecture  GFNet, {}{}\n", d.pyramid ? "pyramid" : "flat",
                  d.layer_scale ? ", with layer scale" : "") +
      fmt::format("  input         {} channel{}, {} pixels\n", d.input_channels,
                  d.input_channels == 1 ? "" : "s", extent(d.image_height, d.image_width)) +
      fmt::format("  classes       {}{}\n", d.classes, labels) +
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
  nlohmann::ordered_json document{{"path", d.path.string()},
                                  {"format", d.format},
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
    std::optional<gfnet::ImageSize> size;
    bool json = false;
  };
  Command command =
      line.add("info", "Show a checkpoint's configuration, tensors, parameters and MACs");
  auto options = std::make_shared<Options>();
  command.option("MODEL", options->model,
                 "Checkpoint, or a name from gfnet models; default: the bundled model");
  add_size_option(command, options->size);
  command.flag("--json", options->json, "Print JSON");
  command.action([options] {
    const gfnet::Model model = load_model(options->model, options->size);
    options->json ? print_json(model) : print_summary(model);
    return kAllDone;
  });
}

}  // namespace app
