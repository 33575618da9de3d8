#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/model.h"

/// The model zoo: the published checkpoints, and the one that comes with the engine.
namespace gfnet {

/// A checkpoint of the zoo and what its authors say of it (Rao et al. 2021, table 3 and their
/// repository; weights/zoo.json).
struct ZooModel {
  /// "gfnet-h-ti".
  std::string name;
  /// What its file is called wherever it lies.
  std::string file;
  bool bundled = false;
  /// "ImageNet-1k".
  std::string dataset;
  /// As published: rounded to millions for the paper's models.
  std::int64_t parameters = 0;
  /// Multiply-accumulate operations of one image, as published.
  double macs = 0;
  /// Per cent of the data set's validation or test images.
  double top1 = 0;
  double top5 = 0;
  /// Where the file can be downloaded, and a page of another host to get it from with a browser.
  /// Empty for a bundled model.
  std::string source;
  std::string page;
  /// Known for few.
  std::optional<std::int64_t> bytes;
  /// Lower-case hexadecimal; empty where none is published.
  std::string sha256;

  /// The architecture: square images and patches of so many pixels, channels and blocks a stage.
  bool pyramid = false;
  std::int64_t image = 0;
  std::int64_t patch = 0;
  std::vector<std::int64_t> channels;
  std::vector<std::int64_t> depths;
  std::int64_t classes = 0;
};

/// All of it, smallest networks first, the bundled one last.
const std::vector<ZooModel>& model_zoo();

/// nullptr if the zoo has no model of that name.
const ZooModel* find_zoo_model(std::string_view name);

/// Where downloaded checkpoints are kept: `models` in $GFNET_CACHE or else in the user's cache
/// folder. Empty if GFNET_CACHE is set to nothing, or no home is known. Need not exist.
std::filesystem::path zoo_directory();

/// Throws FormatError, naming what differs, unless model has the architecture of its namesake.
void check_architecture(const Model& model, const ZooModel& expected);

}  // namespace gfnet
