#include "model/preprocessing.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <numeric>

#include "gfnet/error.h"

namespace gfnet::model {
namespace {

using nlohmann::json;

// The usual ImageNet statistics (data set: Deng et al. 2009).
const std::vector<float> kImageNetMean{0.485f, 0.456f, 0.406f};
const std::vector<float> kImageNetStd{0.229f, 0.224f, 0.225f};

/// A network input whose longer side has at most this many pixels gets crop_ratio 1 by default: an
/// image is resized to the input's size before the crop, not to a larger one. The paper's
/// evaluation does the same.
constexpr std::int64_t kSmallInput = 32;

float average(const std::vector<float>& values) {
  return std::accumulate(values.begin(), values.end(), 0.0f) / static_cast<float>(values.size());
}

std::vector<float> default_values(const std::vector<float>& rgb, std::int64_t channels,
                                  float other) {
  if (channels == 3) return rgb;
  if (channels == 1) return {average(rgb)};
  return std::vector<float>(static_cast<std::size_t>(channels), other);
}

json parse(const checkpoint::Checkpoint& checkpoint, const std::string& key) {
  const auto found = checkpoint.metadata().find(key);
  if (found == checkpoint.metadata().end()) return nullptr;
  json value = json::parse(found->second, nullptr, /*allow_exceptions=*/false);
  if (value.is_discarded()) {
    throw FormatError(checkpoint.path(), fmt::format("metadata '{}' is not valid JSON", key));
  }
  return value;
}

void read_channel_values(const checkpoint::Checkpoint& checkpoint, const json& object,
                         const char* key, std::vector<float>& values) {
  if (!object.contains(key)) return;
  const json& list = object[key];
  const bool numbers =
      list.is_array() && std::ranges::all_of(list, [](const json& v) { return v.is_number(); });
  if (!numbers || list.size() != values.size()) {
    throw FormatError(
        checkpoint.path(),
        fmt::format("metadata 'preprocessing': {} must be {} numbers, one for each input channel",
                    key, values.size()));
  }
  values = list.get<std::vector<float>>();
}

/// Throws FormatError if the metadata's `resize` or `size` does not fit. The engine supports only
/// bicubic as `resize`; `size` must be the shorter side of the network's own image.
void check_resize(const checkpoint::Checkpoint& checkpoint, const json& object,
                  const Config& config) {
  if (object.contains("resize") && object["resize"] != "bicubic") {
    throw FormatError(checkpoint.path(), "metadata 'preprocessing': resize must be \"bicubic\"");
  }
  const std::int64_t side = std::min(config.image.height, config.image.width);
  if (object.contains("size") && object["size"] != side) {
    throw FormatError(
        checkpoint.path(),
        fmt::format("metadata 'preprocessing': size must be {}, the network's image size", side));
  }
}

}  // namespace

Preprocessing read_preprocessing(const checkpoint::Checkpoint& checkpoint, const Config& config,
                                 const graph::Extent& image) {
  Preprocessing result;
  result.mean = default_values(kImageNetMean, config.input_channels, 0.0f);
  result.std = default_values(kImageNetStd, config.input_channels, 1.0f);
  if (std::max(image.height, image.width) <= kSmallInput) result.crop_ratio = 1.0;

  const json object = parse(checkpoint, "preprocessing");
  if (object.is_null()) return result;
  if (!object.is_object()) {
    throw FormatError(checkpoint.path(), "metadata 'preprocessing' must be a JSON object");
  }
  check_resize(checkpoint, object, config);
  read_channel_values(checkpoint, object, "mean", result.mean);
  read_channel_values(checkpoint, object, "std", result.std);
  if (std::ranges::any_of(result.mean, [](float m) { return !std::isfinite(m); })) {
    throw FormatError(checkpoint.path(), "metadata 'preprocessing': mean must be finite");
  }
  if (std::ranges::any_of(result.std, [](float s) { return !(s > 0.0f) || !std::isfinite(s); })) {
    throw FormatError(checkpoint.path(), "metadata 'preprocessing': std must be positive");
  }
  if (object.contains("crop_ratio")) {
    const json& ratio = object["crop_ratio"];
    if (!ratio.is_number() || !(ratio.get<double>() > 0.0) || ratio.get<double>() > 1.0) {
      throw FormatError(checkpoint.path(),
                        "metadata 'preprocessing': crop_ratio must lie in (0, 1]");
    }
    result.crop_ratio = ratio.get<double>();
  }
  return result;
}

std::vector<std::string> read_labels(const checkpoint::Checkpoint& checkpoint,
                                     const Config& config) {
  const json list = parse(checkpoint, "labels");
  if (list.is_null()) return {};
  const bool strings =
      list.is_array() && std::ranges::all_of(list, [](const json& v) { return v.is_string(); });
  if (!strings) {
    throw FormatError(checkpoint.path(), "metadata 'labels' must be a JSON array of strings");
  }
  if (static_cast<std::int64_t>(list.size()) != config.classes) {
    throw FormatError(checkpoint.path(),
                      fmt::format("metadata 'labels' has {} entries for {} classes", list.size(),
                                  config.classes));
  }
  return list.get<std::vector<std::string>>();
}

}  // namespace gfnet::model
