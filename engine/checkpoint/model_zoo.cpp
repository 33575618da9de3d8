#include "checkpoint/model_zoo.h"

#include <fmt/format.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "base/environment.h"
#include "gfnet/error.h"

namespace gfnet {
namespace checkpoint {

/// The text of weights/zoo.json, which is compiled into the library.
std::string_view zoo_manifest();

namespace {

/// Throws Error if a member that counts something is no integer: a conversion from a huge floating
/// point number would be undefined.
void check_integers(const nlohmann::json& object) {
  for (const char* key :
       {"parameters", "macs", "bytes", "image", "patch", "channels", "depths", "classes"}) {
    if (!object.contains(key)) continue;
    const nlohmann::json& value = object[key];
    const bool is_right =
        value.is_array()
            ? std::ranges::all_of(value, [](const auto& each) { return each.is_number_integer(); })
            : value.is_number_integer();
    if (!is_right) throw Error(fmt::format("the zoo's manifest: {} must be an integer", key));
  }
}

ZooModel read_model(const nlohmann::json& object) {
  check_integers(object);
  ZooModel model;
  object.at("name").get_to(model.name);
  object.at("file").get_to(model.file);
  model.bundled = object.value("bundled", false);
  object.at("dataset").get_to(model.dataset);
  object.at("parameters").get_to(model.parameters);
  object.at("macs").get_to(model.macs);
  object.at("top1").get_to(model.top1);
  object.at("top5").get_to(model.top5);
  model.source = object.value("source", "");
  model.page = object.value("page", "");
  if (object.contains("bytes")) model.bytes = object["bytes"].get<std::int64_t>();
  model.sha256 = object.value("sha256", "");
  object.at("pyramid").get_to(model.pyramid);
  object.at("image").get_to(model.image);
  object.at("patch").get_to(model.patch);
  object.at("channels").get_to(model.channels);
  object.at("depths").get_to(model.depths);
  object.at("classes").get_to(model.classes);
  if (model.channels.empty() || model.channels.size() != model.depths.size()) {
    throw Error(fmt::format("the zoo's manifest: {} needs as many depths as channels", model.name));
  }
  return model;
}

}  // namespace

std::vector<ZooModel> read_zoo(std::string_view manifest) {
  try {
    std::vector<ZooModel> zoo;
    for (const nlohmann::json& object : nlohmann::json::parse(manifest)) {
      zoo.push_back(read_model(object));
    }
    return zoo;
  } catch (const nlohmann::json::exception& error) {
    throw Error(std::string("the zoo's manifest: ") + error.what());
  }
}

}  // namespace checkpoint

const std::vector<ZooModel>& model_zoo() {
  static const std::vector<ZooModel> zoo = checkpoint::read_zoo(checkpoint::zoo_manifest());
  return zoo;
}

const ZooModel* find_zoo_model(std::string_view name) {
  const auto& zoo = model_zoo();
  const auto found = std::ranges::find(zoo, name, &ZooModel::name);
  return found == zoo.end() ? nullptr : &*found;
}

std::filesystem::path zoo_directory() {
  const std::filesystem::path cache = cache_directory();
  return cache.empty() ? cache : cache / "models";
}

}  // namespace gfnet
