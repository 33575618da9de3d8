#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/export.h"
#include "gfnet/model.h"

/// The model zoo: the published checkpoints and the bundled one.
namespace gfnet {

/// A checkpoint of the zoo, with the figures that its authors published (Rao et al. 2021, table 3,
/// and the authors' repository; listed in weights/zoo.json).
struct ZooModel {
  /// Such as "gfnet-h-ti".
  std::string name;
  /// Name of the checkpoint's file, without a folder.
  std::string file;
  bool bundled = false;
  /// Such as "ImageNet-1k".
  std::string dataset;
  /// Number of parameters, as published. The paper rounds to millions.
  std::int64_t parameters = 0;
  /// Multiply-accumulate operations of one image, as published.
  double macs = 0;
  /// Accuracy in per cent on the validation or test images of the data set, as published.
  double top1 = 0;
  double top5 = 0;
  /// source: URL of the file. page: a web page on another host that offers the same file in a
  /// browser. Both are empty for a bundled model.
  std::string source;
  std::string page;
  /// File size, where known.
  std::optional<std::int64_t> bytes;
  /// SHA-256 of the file in lower-case hexadecimal. Empty if none is published.
  std::string sha256;

  /// The architecture. image and patch: sides of the square image and patch, in pixels. channels
  /// and depths: channels and number of blocks of each stage.
  bool pyramid = false;
  std::int64_t image = 0;
  std::int64_t patch = 0;
  std::vector<std::int64_t> channels;
  std::vector<std::int64_t> depths;
  std::int64_t classes = 0;
};

/// All models: the published ones, smallest first, then the bundled one.
GFNET_API const std::vector<ZooModel>& model_zoo();

/// The zoo's model with this name; nullptr if there is none.
GFNET_API const ZooModel* find_zoo_model(std::string_view name);

/// Folder for downloaded checkpoints: `models` in $GFNET_CACHE, or else in the user's cache folder.
/// Empty if GFNET_CACHE is set to an empty string or the home folder is unknown. The folder may not
/// exist yet.
GFNET_API std::filesystem::path zoo_directory();

/// Throws FormatError if the architecture of `model` differs from the architecture of the zoo's
/// entry `expected`. The message gives both architectures.
GFNET_API void check_architecture(const Model& model, const ZooModel& expected);

}  // namespace gfnet
