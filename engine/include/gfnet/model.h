#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace gfnet {

/// A run of blocks on one token grid.
struct StageDescription {
  std::int64_t patch_height = 0;
  std::int64_t patch_width = 0;
  /// In tokens.
  std::int64_t grid_height = 0;
  std::int64_t grid_width = 0;
  std::int64_t channels = 0;
  std::int64_t depth = 0;
  /// Widths of the hidden layers: smallest and largest of the stage's blocks.
  std::int64_t mlp_width_min = 0;
  std::int64_t mlp_width_max = 0;
};

struct TensorDescription {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
};

/// What a checkpoint's tensors say about the network (Rao et al. 2021, table 1).
struct ModelDescription {
  std::filesystem::path path;
  /// "PyTorch zip", "PyTorch legacy" or "safetensors".
  std::string format;
  bool pyramid = false;
  bool layer_scale = false;
  std::int64_t input_channels = 0;
  /// In pixels.
  std::int64_t image_height = 0;
  std::int64_t image_width = 0;
  std::int64_t classes = 0;
  std::vector<StageDescription> stages;
  std::int64_t parameters = 0;
  /// Multiply-accumulate operations of one image.
  double macs = 0;
  /// Per input channel, on values scaled to 0…1.
  std::vector<float> mean;
  std::vector<float> std;
  /// Side of the crop over the side of the resized image.
  double crop_ratio = 0;
  /// The file's own notes (safetensors only).
  std::map<std::string, std::string> metadata;
  std::vector<TensorDescription> tensors;
};

/// In pixels.
struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;

  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

/// A GFNet checkpoint, read and checked. Cheap to copy; immutable but for its labels.
class Model {
 public:
  /// Reads a PyTorch (.pth, either form) or safetensors file; the form is told by its content.
  /// Runs no code from the file. Throws FormatError naming the file and the cause if it cannot be
  /// read or holds no GFNet.
  static Model load(const std::filesystem::path& path);

  /// The network for images of another size: the filters and pos_embed of the file are interpolated
  /// bilinearly to the grids that such an image makes (Rao et al. 2021, section 3.2), so that the
  /// description's grids, parameters and tensors are those of the new size. Labels stay. The file's
  /// own size gives back the network as it was read. Throws ArgumentError if the patches and stages
  /// do not divide the size, or if a filter would be larger than any Vulkan device binds.
  Model at(const ImageSize& size) const;

  const ModelDescription& description() const;

  /// One a class, or empty if nothing is known: then predictions are labelled "class N". A
  /// checkpoint with 1000 classes and no labels of its own is taken for ImageNet's: then a label is
  /// all the words of a WordNet synset, "tench, Tinca tinca".
  const std::vector<std::string>& labels() const;
  /// Throws Error unless there is one label a class.
  void set_labels(std::vector<std::string> labels);
  /// One label a line. Throws FormatError if the file cannot be read or has another number of lines
  /// than there are classes.
  void load_labels(const std::filesystem::path& path);
  /// The label of a class, or "class N".
  std::string label_of(std::int64_t index) const;
  /// Whether the labels are ImageNet's, which the file did not say.
  bool has_imagenet_labels() const { return has_imagenet_labels_; }
  /// Of ImageNet's labels the first word, which fits a narrow column and is no other class's:
  /// "tench". Otherwise the label.
  std::string short_label_of(std::int64_t index) const;
  /// The WordNet synset of one of ImageNet's labels, "n01440764"; otherwise empty.
  std::string synset_of(std::int64_t index) const;

  /// The engine's own view of the model; not part of the interface.
  struct Contents;
  const Contents& contents() const { return *contents_; }

 private:
  explicit Model(std::shared_ptr<const Contents> contents) : contents_(std::move(contents)) {}
  bool has_label(std::int64_t index) const;

  std::shared_ptr<const Contents> contents_;
  std::vector<std::string> labels_;
  bool has_imagenet_labels_ = false;
};

}  // namespace gfnet
