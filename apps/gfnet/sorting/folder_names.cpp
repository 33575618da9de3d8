#include "sorting/folder_names.h"

#include <fmt/format.h>

#include <set>
#include <string_view>

namespace app {
namespace {

constexpr std::size_t kMostBytes = 100;  // room for a number remains

/// The label as the name of a folder. printable() escapes control characters and invalid UTF-8.
std::string folder_name(const std::string& label) {
  std::string name = gfnet::printable(label);
  for (char& c : name) {
    if (std::string_view("/\\:*?\"<>|").find(c) != std::string_view::npos) c = '_';
  }
  if (name.size() > kMostBytes) {
    std::size_t end = kMostBytes;
    while (end > 0 && (static_cast<unsigned char>(name[end]) & 0xC0u) == 0x80u) --end;
    name.resize(end);
  }
  // "." and ".." are no names, other leading dots hide a folder, and some systems drop what ends a
  // name here.
  for (std::size_t i = 0; i < name.size() && (name[i] == '.' || name[i] == ' '); ++i) name[i] = '_';
  for (std::size_t i = name.size(); i > 0 && (name[i - 1] == '.' || name[i - 1] == ' '); --i) {
    name[i - 1] = '_';
  }
  return name.empty() ? "_" : name;
}

}  // namespace

std::vector<std::string> folder_names(const gfnet::Model& model) {
  std::set<std::string> taken{kUnsure};
  std::vector<std::string> names;
  for (std::int64_t i = 0; i < model.description().classes; ++i) {
    const std::string plain = folder_name(model.short_label_of(i));
    std::string name = plain;
    // A label can look like another one's name with its number, so one try may not be enough.
    for (int tries = 1; !taken.insert(gfnet::lower_case(name)).second; ++tries) {
      name = tries == 1 ? fmt::format("{} ({})", plain, i)
                        : fmt::format("{} ({}-{})", plain, i, tries);
    }
    names.push_back(std::move(name));
  }
  return names;
}

}  // namespace app
