#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "gfnet/export.h"

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
  /// Width of the MLP's hidden layer: the smallest and the largest among the stage's blocks.
  std::int64_t mlp_width_min = 0;
  std::int64_t mlp_width_max = 0;
};

struct TensorDescription {
  std::string name;
  std::string dtype;
  std::vector<std::int64_t> shape;
};

/// A network's architecture as its checkpoint's tensors define it (Rao et al. 2021, table 1), with
/// its preprocessing.
struct ModelDescription {
  /// The file, or the name that Model::load() was given for bytes in memory.
  std::filesystem::path path;
  /// Form of the file: "PyTorch zip", "PyTorch legacy" or "safetensors".
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
  /// Normalisation of each input channel, for values scaled to 0…1.
  std::vector<float> mean;
  std::vector<float> std;
  /// Side of the crop divided by the side of the resized image.
  double crop_ratio = 0;
  /// The file's `__metadata__` (safetensors only).
  std::map<std::string, std::string> metadata;
  std::vector<TensorDescription> tensors;
};

/// In pixels.
struct ImageSize {
  std::int64_t height = 0;
  std::int64_t width = 0;

  friend bool operator==(const ImageSize&, const ImageSize&) = default;
};

class Model;

// For the engine only.
namespace model {
struct Contents;
const Contents& contents_of(const Model& model);
}  // namespace model

/// A GFNet checkpoint, read and checked. Cheap to copy. Only its labels can change.
class GFNET_API Model {
 public:
  /// Reads a PyTorch (.pth, zip or legacy form) or safetensors file. The form is detected from the
  /// content. Runs no code from the file. Throws FormatError naming the file and the cause if it
  /// cannot be read or does not hold a GFNet.
  /// The file must not be shortened or overwritten while the model exists.
  static Model load(const std::filesystem::path& path);

  /// Reads a file of these formats whose bytes are in memory. The model copies what it needs, so
  /// the bytes may be freed after the call. name: what messages and description().path call it.
  /// Throws FormatError naming `name` and the cause.
  static Model load(std::span<const std::byte> bytes, std::string name);

  /// The same network for images of another size. The filters and pos_embed of the file are
  /// interpolated bilinearly to the new grids (Rao et al. 2021, section 3.2). The description gives
  /// the grids, parameters and tensors of the new size. The labels stay the same. For the file's
  /// own size, returns the network as it was read. Throws ArgumentError if height or width is not a
  /// multiple of the product of the stages' patch sizes, or if a tensor would exceed 4 GiB, the
  /// largest storage buffer in Vulkan.
  Model at(const ImageSize& size) const;

  const ModelDescription& description() const;

  /// One label for each class. Empty if they are unknown; predictions are then labelled "class N".
  /// A checkpoint with 1000 classes and no labels of its own gets ImageNet's: each label has all
  /// words of a WordNet synset, "tench, Tinca tinca".
  const std::vector<std::string>& labels() const;
  /// Throws ArgumentError unless there is one label for each class.
  void set_labels(std::vector<std::string> labels);
  /// Reads one label from each line. Throws FormatError if the file cannot be read or its number of
  /// labels differs from the number of classes.
  void load_labels(const std::filesystem::path& path);
  /// The label of a class, or "class N".
  std::string label_of(std::int64_t index) const;
  /// Whether ImageNet's labels are used because the file has none.
  bool has_imagenet_labels() const { return has_imagenet_labels_; }
  /// A short, unique name for a class with an ImageNet label: "tench". For other labels:
  /// label_of().
  std::string short_label_of(std::int64_t index) const;
  /// The WordNet synset of a class with an ImageNet label: "n01440764". Otherwise empty.
  std::string synset_of(std::int64_t index) const;

 private:
  friend const model::Contents& model::contents_of(const Model& model);

  explicit Model(std::shared_ptr<const model::Contents> contents);
  bool has_label(std::int64_t index) const;

  std::shared_ptr<const model::Contents> contents_;
  std::vector<std::string> labels_;
  bool has_imagenet_labels_ = false;
};

}  // namespace gfnet
