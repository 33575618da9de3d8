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
#include "gfnet/image.h"

namespace gfnet {

/// A stage: a run of blocks on one grid of tokens. patch_height, patch_width: the pixels, or the
/// tokens of the previous stage, that become one token. depth: number of blocks.
struct StageDescription {
  std::int64_t patch_height = 0;
  std::int64_t patch_width = 0;
  /// Size of the grid, in tokens.
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

/// Something in a checkpoint file that is no part of the network. name: the keys that lead to it,
/// joined by dots, such as "optimizer" or "blocks.0.total_ops". kind: what it is, as text for a
/// person, such as "dictionary" or "f64 1".
struct PassedOver {
  std::string name;
  std::string kind;
};

/// The architecture of a network, as the tensors of its checkpoint define it (Rao et al. 2021,
/// table 1), and the preprocessing of its input.
struct ModelDescription {
  /// The checkpoint's file. If the checkpoint was read from memory: the name that Model::load() was
  /// given.
  std::filesystem::path path;
  /// Format of the file: "PyTorch zip", "PyTorch legacy", "safetensors" or "safetensors, sharded".
  std::string format;
  /// Where in the file the network was found: the keys of the dictionaries that hold it and the
  /// prefix of its tensors' names, joined by dots, such as "state_dict.model". "." if the network's
  /// tensors have their own names in the file's outermost dictionary.
  std::string weights;
  /// Further networks in the file, in the form of `weights`. ModelLoadOptions::weights chooses
  /// them.
  std::vector<std::string> other_weights;
  /// What else the file holds, at most 1000 items of it, and how many items there are in all.
  std::vector<PassedOver> passed_over;
  std::size_t passed_over_count = 0;
  bool pyramid = false;
  bool layer_scale = false;
  std::int64_t input_channels = 0;
  /// Size of the network's input, in pixels.
  std::int64_t image_height = 0;
  std::int64_t image_width = 0;
  /// 0 if the network has no head: then it gives features, but no logits.
  std::int64_t classes = 0;
  std::vector<StageDescription> stages;
  std::int64_t parameters = 0;
  /// Multiply-accumulate operations of one image.
  double macs = 0;
  /// Normalisation of each input channel: (value − mean) / std, for values scaled to 0…1.
  std::vector<float> mean;
  std::vector<float> std;
  /// Preprocessing: the side of the crop divided by the side of the resized image.
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

struct ModelLoadOptions {
  /// Which network to take from a file that holds several, such as a model and the moving average
  /// (EMA) of its weights. One of these:
  /// - a name from ModelDescription::weights or other_weights, or a part of such a name between
  ///   dots: "state_dict_ema", "student";
  /// - "ema": the only one with such an average in its name ("model_ema", "params_ema", …);
  /// - "model": the one that the default would choose among those that are no average;
  /// - empty, the default: networks that are no average go before averages. Among networks in
  ///   several dictionaries, the key `model` goes first, then `state_dict`, then
  ///   `model_state_dict`, then the outermost dictionary, then any other key. If that leaves
  ///   several, load() throws FormatError, which names them.
  std::string weights;
};

class Model;

// For the engine only.
namespace model {
struct Contents;
const Contents& contents_of(const Model& model);
}  // namespace model

/// A GFNet checkpoint, read and checked. Cheap to copy. Only the labels of a Model can change.
class GFNET_API Model {
 public:
  /// Reads a PyTorch (.pth, zip or legacy format) or safetensors file. A model that is divided into
  /// several safetensors files is read by the path of its index (model.safetensors.index.json), or
  /// of the folder that holds the index. The format is detected from the content. Runs no code from
  /// the file. The network may be in any dictionary of the file, and its tensors' names may have
  /// any prefix. Throws FormatError, which names the file and the cause, if the file cannot be
  /// read, does not hold a GFNet, or holds several and `options` do not choose one. Metadata that
  /// cannot be understood are ignored with a warning (gfnet/log.h). When load() returns, the file
  /// has been read and closed. It may then be changed or removed.
  static Model load(const std::filesystem::path& path, const ModelLoadOptions& options = {});

  /// Reads a PyTorch or safetensors file whose bytes are in memory. The model copies what it needs,
  /// so the bytes may be freed after the call. name: used instead of the file's path in messages
  /// and description().path. Throws FormatError, which gives `name` and the cause, as load() of a
  /// file does.
  static Model load(std::span<const std::byte> bytes, std::string name,
                    const ModelLoadOptions& options = {});

  /// The same network for images of another size. The filters and pos_embed of the checkpoint are
  /// interpolated bilinearly to the new grids (Rao et al. 2021, section 3.2). description() of the
  /// result gives the grids, parameters and tensors of the new size. The labels stay the same. If
  /// `size` is the checkpoint's own size, returns the network as it was read. Throws ArgumentError
  /// if height or width is not a multiple of the product of the stages' patch sizes, or if a tensor
  /// would exceed 4 GiB, the largest storage buffer in Vulkan.
  Model at(const ImageSize& size) const;

  const ModelDescription& description() const;

  /// The part of an image of this size, in pixels, that the network gets after resize and crop,
  /// with the pixels that the resize's filter adds at its edges. Throws UnsupportedError if width
  /// or height is 0, or if the network has neither one nor three input channels.
  ImageRegion region_of(std::uint32_t width, std::uint32_t height) const;

  /// Whether the network has a head, which turns an image's features into logits. A network without
  /// one has no classes. A Classifier of it needs ClassifierOptions::features and gives nothing but
  /// features.
  bool has_head() const { return description().classes > 0; }

  /// One label for each class. If the labels are unknown: empty, and predictions are labelled
  /// "class N". A checkpoint with 1000 classes and no labels of its own gets ImageNet's labels:
  /// each label has all words of a WordNet synset, such as "tench, Tinca tinca".
  const std::vector<std::string>& labels() const;
  /// Replaces the labels. Throws ArgumentError if the number of labels is not the number of
  /// classes.
  void set_labels(std::vector<std::string> labels);
  /// Replaces the labels by the lines of a file, one label in each line. Throws FormatError if the
  /// file cannot be read or if the number of its labels is not the number of classes.
  void load_labels(const std::filesystem::path& path);
  /// The label of a class. If the class has no label: "class N".
  std::string label_of(std::int64_t index) const;
  /// Whether labels() are ImageNet's because the checkpoint has none of its own.
  bool has_imagenet_labels() const { return has_imagenet_labels_; }
  /// For a class with an ImageNet label: a short name that no other class has, such as "tench". For
  /// other classes: label_of().
  std::string short_label_of(std::int64_t index) const;
  /// For a class with an ImageNet label: its WordNet synset, such as "n01440764". For other
  /// classes: empty.
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
