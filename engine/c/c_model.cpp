#include "c/c_model.h"

#include <utility>

#include "c/c_arguments.h"
#include "c/c_errors.h"
#include "c/c_structs.h"
#include "gfnet/explain.h"

using namespace gfnet::c;

gfnet_model::gfnet_model(gfnet::Model of)
    : model(std::move(of)), path(text_of(model.description().path)) {
  const std::int64_t classes = model.description().classes;
  labels.reserve(static_cast<std::size_t>(classes));
  for (std::int64_t i = 0; i < classes; ++i) labels.push_back(model.label_of(i));
}

namespace gfnet::c {
namespace {

ModelLoadOptions load_options(const gfnet_model_options* options) {
  const auto known = options_of(options, GFNET_SIZE_WITH(gfnet_model_options, weights), "options");
  return {.weights = optional_text(known.weights)};
}

gfnet_model_info info_of(const gfnet_model& of) {
  const ModelDescription& model = of.model.description();
  gfnet_model_info info{};
  info.path = of.path.c_str();
  info.format = model.format.c_str();
  info.weights = model.weights.c_str();
  info.image_height = model.image_height;
  info.image_width = model.image_width;
  info.input_channels = model.input_channels;
  info.classes = model.classes;
  info.features = model.stages.back().channels;
  info.layers = layer_count(model);
  info.parameters = model.parameters;
  info.macs = model.macs;
  info.mean = model.mean.data();
  info.deviation = model.std.data();
  info.crop_ratio = model.crop_ratio;
  info.is_pyramid = model.pyramid;
  info.has_imagenet_labels = of.model.has_imagenet_labels();
  return info;
}

}  // namespace
}  // namespace gfnet::c

gfnet_error* gfnet_model_load(const char* path, const gfnet_model_options* options,
                              gfnet_model** model) noexcept {
  return guarded([&] {
    gfnet_model*& result = result_in(model, "model");
    result = new gfnet_model(
        gfnet::Model::load(path_of(&required(path, "path")), load_options(options)));
  });
}

gfnet_error* gfnet_model_load_memory(const void* bytes, size_t size, const char* name,
                                     const gfnet_model_options* options,
                                     gfnet_model** model) noexcept {
  return guarded([&] {
    gfnet_model*& result = result_in(model, "model");
    result = new gfnet_model(
        gfnet::Model::load(bytes_of(bytes, size), &required(name, "name"), load_options(options)));
  });
}

gfnet_error* gfnet_model_at(const gfnet_model* model, int64_t height, int64_t width,
                            gfnet_model** resized) noexcept {
  return guarded([&] {
    gfnet_model*& result = result_in(resized, "resized");
    result = new gfnet_model(required(model, "model").model.at({height, width}));
  });
}

gfnet_error* gfnet_model_with_labels(const gfnet_model* model, const char* const* labels,
                                     size_t count, gfnet_model** labelled) noexcept {
  return guarded([&] {
    gfnet_model*& result = result_in(labelled, "labelled");
    gfnet::Model copy = required(model, "model").model;
    copy.set_labels(texts_of(labels, count, "labels"));
    result = new gfnet_model(std::move(copy));
  });
}

gfnet_error* gfnet_model_with_label_file(const gfnet_model* model, const char* path,
                                         gfnet_model** labelled) noexcept {
  return guarded([&] {
    gfnet_model*& result = result_in(labelled, "labelled");
    gfnet::Model copy = required(model, "model").model;
    copy.load_labels(path_of(&required(path, "path")));
    result = new gfnet_model(std::move(copy));
  });
}

gfnet_error* gfnet_model_describe(const gfnet_model* model, gfnet_model_info* info) noexcept {
  return guarded([&] {
    give(info_of(required(model, "model")), info,
         GFNET_SIZE_WITH(gfnet_model_info, has_imagenet_labels), "info");
  });
}

gfnet_error* gfnet_model_label(const gfnet_model* model, int64_t index,
                               const char** label) noexcept {
  return guarded([&] {
    const char*& result = result_in(label, "label");
    const std::vector<std::string>& labels = required(model, "model").labels;
    if (index < 0 || static_cast<std::uint64_t>(index) >= labels.size()) {
      throw gfnet::ArgumentError("index is " + std::to_string(index) + ", but the model has " +
                                 std::to_string(labels.size()) + " classes");
    }
    result = labels[static_cast<std::size_t>(index)].c_str();
  });
}

void gfnet_model_free(gfnet_model* model) noexcept { delete model; }
