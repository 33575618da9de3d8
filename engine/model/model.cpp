#include "gfnet/model.h"

#include <fmt/format.h>

#include <algorithm>

#include "checkpoint/checkpoint_file.h"
#include "checkpoint/imagenet.h"
#include "checkpoint/labels.h"
#include "gfnet/error.h"
#include "model/model_contents.h"
#include "model/network_reader.h"
#include "model/resolution.h"

namespace gfnet {
namespace {

StageDescription describe(const model::Stage& stage) {
  const auto [smallest, largest] = std::ranges::minmax(stage.mlp_widths);
  return {stage.patch.height, stage.patch.width, stage.grid.height, stage.grid.width,
          stage.channels,     stage.depth,       smallest,          largest};
}

/// Fills in the members of the description that the other contents define.
void describe(model::Contents& contents) {
  const model::Config& config = contents.config;
  const checkpoint::Checkpoint& checkpoint = contents.checkpoint;
  ModelDescription& d = contents.description;
  d.path = checkpoint.path();
  d.format = checkpoint.format();
  d.pyramid = config.pyramid;
  d.layer_scale = config.layer_scale;
  d.input_channels = config.input_channels;
  d.image_height = config.image.height;
  d.image_width = config.image.width;
  d.classes = config.classes;
  d.stages.clear();
  d.tensors.clear();
  for (const model::Stage& stage : config.stages) d.stages.push_back(describe(stage));
  d.parameters = model::count_parameters(checkpoint);
  d.macs = model::count_macs(config);
  d.mean = contents.preprocessing.mean;
  d.std = contents.preprocessing.std;
  d.crop_ratio = contents.preprocessing.crop_ratio;
  d.metadata = checkpoint.metadata();
  for (const checkpoint::TensorView& tensor : checkpoint.tensors()) {
    d.tensors.push_back({tensor.name, std::string(name_of(tensor.dtype)), tensor.shape.dims()});
  }
}

/// The contents with their description filled in.
std::shared_ptr<const model::Contents> described(model::Contents contents) {
  describe(contents);
  return std::make_shared<const model::Contents>(std::move(contents));
}

/// The contents at the checkpoint file's own resolution.
std::shared_ptr<const model::Contents> make_contents(checkpoint::CheckpointFile file,
                                                     const ModelLoadOptions& options) {
  model::Network network = model::read_network(std::move(file), options.weights);
  model::Config config = model::infer_config(network.checkpoint);
  model::Metadata metadata = model::read_metadata(network.checkpoint, config);
  model::Preprocessing preprocessing = model::make_preprocessing(metadata, config, config.image);
  ModelDescription description;
  description.weights = std::move(network.weights);
  description.other_weights = std::move(network.other_weights);
  description.passed_over = std::move(network.passed_over);
  description.passed_over_count = network.passed_over_count;
  return described({.checkpoint = std::move(network.checkpoint),
                    .config = std::move(config),
                    .metadata = std::move(metadata),
                    .preprocessing = std::move(preprocessing),
                    .description = std::move(description),
                    .native = nullptr});
}

}  // namespace

const model::Contents& model::contents_of(const Model& model) { return *model.contents_; }

Model Model::load(const std::filesystem::path& path, const ModelLoadOptions& options) {
  return Model(make_contents(checkpoint::open_checkpoint(path), options));
}

Model Model::load(std::span<const std::byte> bytes, std::string name,
                  const ModelLoadOptions& options) {
  return Model(make_contents(checkpoint::open_checkpoint(bytes, name), options));
}

Model::Model(std::shared_ptr<const model::Contents> contents)
    : contents_(std::move(contents)), labels_(contents_->metadata.labels) {
  const checkpoint::ImageNetClasses& imagenet = checkpoint::imagenet_classes();
  const auto classes = static_cast<std::size_t>(description().classes);
  if (labels_.empty() && classes == imagenet.labels.size()) {
    labels_ = imagenet.labels;
    has_imagenet_labels_ = true;
  }
}

Model Model::at(const ImageSize& size) const {
  const std::shared_ptr<const model::Contents> native =
      contents_->native ? contents_->native : contents_;
  const graph::Extent image{size.height, size.width};
  Model model = *this;
  model.contents_ = native;
  if (image == native->config.image) return model;
  checkpoint::Checkpoint checkpoint =
      model::at_resolution(native->checkpoint, native->config, image);
  model::Config config = model::infer_config(checkpoint);
  model.contents_ = described(
      {.checkpoint = std::move(checkpoint),
       .config = std::move(config),
       .metadata = native->metadata,
       .preprocessing = model::make_preprocessing(native->metadata, native->config, image),
       .description = native->description,
       .native = native});
  return model;
}

const ModelDescription& Model::description() const { return contents_->description; }

const std::vector<std::string>& Model::labels() const { return labels_; }

void Model::set_labels(std::vector<std::string> labels) {
  if (static_cast<std::int64_t>(labels.size()) != description().classes) {
    throw ArgumentError(
        fmt::format("{} labels for {} classes", labels.size(), description().classes));
  }
  labels_ = std::move(labels);
  has_imagenet_labels_ = false;
}

void Model::load_labels(const std::filesystem::path& path) {
  if (!has_head()) {
    throw FormatError(description().path,
                      "has no head (head.weight and head.bias), so labels do not apply to it");
  }
  std::vector<std::string> labels = checkpoint::read_labels(path);
  if (static_cast<std::int64_t>(labels.size()) != description().classes) {
    throw FormatError(path, fmt::format("{} labels for the model's {} classes", labels.size(),
                                        description().classes));
  }
  labels_ = std::move(labels);
  has_imagenet_labels_ = false;
}

std::string Model::label_of(std::int64_t index) const {
  return has_label(index) ? labels_[static_cast<std::size_t>(index)]
                          : fmt::format("class {}", index);
}

std::string Model::short_label_of(std::int64_t index) const {
  if (!has_imagenet_labels_ || !has_label(index)) return label_of(index);
  return checkpoint::imagenet_classes().short_labels[static_cast<std::size_t>(index)];
}

std::string Model::synset_of(std::int64_t index) const {
  if (!has_imagenet_labels_ || !has_label(index)) return "";
  return checkpoint::imagenet_classes().synsets[static_cast<std::size_t>(index)];
}

bool Model::has_label(std::int64_t index) const {
  return index >= 0 && index < static_cast<std::int64_t>(labels_.size());
}

}  // namespace gfnet
