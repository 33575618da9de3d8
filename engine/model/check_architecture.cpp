#include <fmt/format.h>

#include "gfnet/error.h"
#include "gfnet/zoo.h"

namespace gfnet {
namespace {

std::string list(const std::vector<std::int64_t>& values) {
  std::string text;
  for (std::int64_t value : values) text += fmt::format("{}{}", text.empty() ? "" : "-", value);
  return text;
}

/// Describes an architecture in words: everything that a model's name, such as gfnet-xs, fixes. Two
/// architectures have the same text only if they are equal.
std::string text_of(bool pyramid, const std::vector<std::int64_t>& channels,
                    const std::vector<std::int64_t>& depths, std::int64_t patch,
                    std::int64_t height, std::int64_t width, std::int64_t classes) {
  return fmt::format("{} of {} channels, {} blocks, patches of {}, images of {}×{} and {} classes",
                     pyramid ? "a pyramid GFNet" : "a flat GFNet", list(channels), list(depths),
                     patch, height, width, classes);
}

}  // namespace

void check_architecture(const Model& model, const ZooModel& expected) {
  const ModelDescription& d = model.description();
  std::vector<std::int64_t> channels;
  std::vector<std::int64_t> depths;
  for (const StageDescription& stage : d.stages) {
    channels.push_back(stage.channels);
    depths.push_back(stage.depth);
  }
  const std::string found = text_of(d.pyramid, channels, depths, d.stages.front().patch_height,
                                    d.image_height, d.image_width, d.classes);
  const std::string wanted =
      text_of(expected.pyramid, expected.channels, expected.depths, expected.patch, expected.image,
              expected.image, expected.classes);
  if (found == wanted) return;
  throw FormatError(d.path,
                    fmt::format("is not a {}: it holds {}, not {}", expected.name, found, wanted));
}

}  // namespace gfnet
