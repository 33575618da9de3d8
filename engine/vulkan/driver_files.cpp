#include "vulkan/driver_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <fstream>
#include <nlohmann/json.hpp>
#include <string_view>

#include "gfnet/error.h"
#include "system/paths.h"
#include "system/variables.h"
#include "system/vulkan_places.h"

namespace gfnet::vulkan {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::json;

/// Driver files have some hundred bytes.
constexpr std::uintmax_t kMostBytes = 1 << 20;
/// Deepest nesting of a driver file's JSON. Deeper nesting counts as invalid.
constexpr int kMostDepth = 16;

/// The value of an environment variable; `otherwise` if it is not set or empty.
std::string variable(const char* name, const std::string& otherwise = "") {
  const std::string value = system::variable(name).value_or("");
  return value.empty() ? otherwise : value;
}

std::vector<std::string> split(const std::string& list) {
  std::vector<std::string> parts;
  for (std::size_t start = 0; start < list.size();) {
    const std::size_t end = std::min(list.find(system::path_separator(), start), list.size());
    if (end > start) parts.push_back(list.substr(start, end - start));
    start = end + 1;
  }
  return parts;
}

/// Adds a file, or the JSON files in a folder.
void add(std::vector<fs::path>& files, const fs::path& path) {
  std::error_code error;
  if (fs::is_regular_file(path, error)) files.push_back(path);
  if (!fs::is_directory(path, error)) return;
  for (fs::directory_iterator entry(path, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    std::error_code ignored;
    if (entry->path().extension() == ".json" && entry->is_regular_file(ignored)) {
      files.push_back(entry->path());
    }
  }
}

/// What a driver file holds.
struct Content {
  Json json;
  std::string fault;
};

Content read(const fs::path& path) {
  std::error_code error;
  const std::uintmax_t bytes = fs::file_size(path, error);
  if (error) return {{}, "cannot be read: " + error.message()};
  if (bytes > kMostBytes) return {{}, "is too large"};
  std::ifstream file(path, std::ios::binary);
  std::string text(static_cast<std::size_t>(bytes), '\0');
  if (!file.read(text.data(), static_cast<std::streamsize>(bytes))) return {{}, "cannot be read"};
  bool is_deep = false;
  const auto limit_depth = [&](int depth, Json::parse_event_t, Json&) {
    is_deep = is_deep || depth > kMostDepth;
    return depth <= kMostDepth;
  };
  Json json = Json::parse(text, limit_depth, /*allow_exceptions=*/false);
  if (json.is_discarded() || is_deep) return {{}, "is no valid JSON"};
  return {std::move(json), ""};
}

std::string library_fault(const fs::path& file, const Json& json) {
  if (!json.is_object()) return "is no JSON object";
  const auto driver = json.find("ICD");
  if (driver == json.end() || !driver->is_object()) return "has no 'ICD'";
  const auto library = driver->find("library_path");
  if (library == driver->end() || !library->is_string()) return "has no 'library_path'";
  const fs::path path = system::path_of(library->get<std::string>());
  if (!path.has_parent_path()) return "";  // the system looks for it
  std::error_code error;
  if (fs::exists(file.parent_path() / path, error)) return "";
  return fmt::format("names a library that is not there: '{}'", system::text_of(path));
}

bool may_crash(const Json& json) {
  if (json.is_array()) return !json.empty();
  if (!json.is_object()) return false;
  return std::ranges::any_of(std::array{"ICD", "file_format_version"}, [&](const char* name) {
    const auto member = json.find(name);
    return member != json.end() && member->is_array();
  });
}

}  // namespace

std::vector<fs::path> driver_files() {
  std::vector<fs::path> files;
  const std::string instead = variable("VK_DRIVER_FILES", variable("VK_ICD_FILENAMES"));
  if (!instead.empty()) {
    for (const std::string& path : split(instead)) add(files, system::path_of(path));
    return files;
  }
  for (const std::string& path : split(variable("VK_ADD_DRIVER_FILES")))
    add(files, system::path_of(path));
  for (const fs::path& folder : system::vulkan_driver_folders()) add(files, folder);
  return files;
}

std::string driver_file_fault(const fs::path& path) {
  const Content content = read(path);
  return content.fault.empty() ? library_fault(path, content.json) : content.fault;
}

std::string driver_file_faults() {
  std::string text;
  for (const fs::path& path : driver_files()) {
    const std::string fault = driver_file_fault(path);
    if (fault.empty()) continue;
    text += fmt::format("{}the driver file '{}' {}", text.empty() ? "" : "; ",
                        system::text_of(path), fault);
  }
  return text;
}

void check_driver_files() {
  for (const fs::path& path : driver_files()) {
    if (!may_crash(read(path).json)) continue;
    throw NoDeviceError(fmt::format(
        "the driver file '{}' has an array where none may be, which crashes Vulkan loaders; remove "
        "it",
        system::text_of(path)));
  }
}

}  // namespace gfnet::vulkan
