#include <gfnet/error.h>
#include <gfnet/explain.h>
#include <gfnet/model.h>
#include <gfnet/zoo.h>
#include <nanobind/stl/filesystem.h>
#include <nanobind/stl/string.h>
#include <nanobind/stl/string_view.h>
#include <nanobind/stl/vector.h>

#include <complex>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "arrays.h"
#include "binding.h"
#include "interruptible.h"
#include "system/paths.h"

namespace binding {
namespace {

using gfnet::Model;

/// Reads a model without the GIL.
Model read(const std::function<Model()>& load) {
  const auto model = std::make_shared<std::optional<Model>>();
  run_interruptibly([load, model](const Stop&) { model->emplace(load()); });
  return std::move(**model);
}

Model load_file(const std::filesystem::path& path, const std::string& weights) {
  return read([=] { return Model::load(path, {.weights = weights}); });
}

Model load_bytes(const nb::bytes& bytes, const std::string& name, const std::string& weights) {
  return read([=] {
    return Model::load({static_cast<const std::byte*>(bytes.data()), bytes.size()}, name,
                       {.weights = weights});
  });
}

Model at(const Model& model, std::int64_t height, std::int64_t width) {
  return read([=] { return model.at({.height = height, .width = width}); });
}

Model with_labels(const Model& model, std::vector<std::string> labels) {
  Model changed = model;
  changed.set_labels(std::move(labels));
  return changed;
}

nb::dict dict_of(const gfnet::StageDescription& stage) {
  nb::dict d;
  d["patch"] = nb::make_tuple(stage.patch_height, stage.patch_width);
  d["grid"] = nb::make_tuple(stage.grid_height, stage.grid_width);
  d["channels"] = stage.channels;
  d["depth"] = stage.depth;
  d["mlp_width"] = nb::make_tuple(stage.mlp_width_min, stage.mlp_width_max);
  return d;
}

nb::dict config(const Model& model) {
  const gfnet::ModelDescription& from = model.description();
  nb::dict d;
  d["path"] = nb::cast(from.path);
  d["format"] = from.format;
  d["weights"] = from.weights;
  d["other_weights"] = nb::cast(from.other_weights);
  d["pyramid"] = from.pyramid;
  d["layer_scale"] = from.layer_scale;
  d["input_channels"] = from.input_channels;
  d["image_size"] = nb::make_tuple(from.image_height, from.image_width);
  d["classes"] = from.classes;
  nb::list stages;
  for (const gfnet::StageDescription& stage : from.stages) stages.append(dict_of(stage));
  d["stages"] = stages;
  d["parameters"] = from.parameters;
  d["macs"] = from.macs;
  d["mean"] = nb::cast(from.mean);
  d["std"] = nb::cast(from.std);
  d["crop_ratio"] = from.crop_ratio;
  nb::dict metadata;
  for (const auto& [key, value] : from.metadata) metadata[nb::cast(key)] = value;
  d["metadata"] = metadata;
  return d;
}

/// The filter of a block, [height, width/2+1, channels] complex64.
nb::object filter(const Model& model, std::int64_t layer) {
  const gfnet::LayerFilter from = gfnet::layer_filter(model, layer);
  std::vector<std::complex<float>> values(from.kernel.size() / 2);
  for (std::size_t i = 0; i < values.size(); ++i)
    values[i] = {from.kernel[2 * i], from.kernel[2 * i + 1]};
  return array_of(std::move(values), {static_cast<std::size_t>(from.height),
                                      static_cast<std::size_t>(from.width / 2 + 1),
                                      static_cast<std::size_t>(from.channels)});
}

/// The file of a model of the zoo, without a look whether it is there; None for any other name. The
/// bundled model has no folder: (file name, whether it is bundled).
nb::object zoo_file(std::string_view name) {
  const gfnet::ZooModel* const model = gfnet::find_zoo_model(name);
  if (model == nullptr) return nb::none();
  const std::filesystem::path path =
      model->bundled ? gfnet::system::path_of(model->file)
                     : gfnet::zoo_directory() / gfnet::system::path_of(model->file);
  return nb::make_tuple(nb::cast(path), model->bundled);
}

}  // namespace

void add_model(nb::module_& module) {
  nb::class_<Model>(module, "Model", "A checkpoint, read and checked.")
      .def_static("load_file", &load_file, nb::arg("path"), nb::arg("weights"))
      .def_static("load_bytes", &load_bytes, nb::arg("data"), nb::arg("name"), nb::arg("weights"))
      .def("at", &at, nb::arg("height"), nb::arg("width"))
      .def("with_labels", &with_labels, nb::arg("labels"))
      .def("labels", &Model::labels, nb::rv_policy::copy)
      .def("label_of", &Model::label_of, nb::arg("index"))
      .def("config", &config)
      .def("layers", [](const Model& model) { return gfnet::layer_count(model.description()); })
      .def("filter", &filter, nb::arg("layer"));
  module.def("zoo_file", &zoo_file, nb::arg("name"));
}

}  // namespace binding
