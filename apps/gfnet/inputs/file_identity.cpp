#include "inputs/file_identity.h"

#include <cerrno>
#include <filesystem>

#include "inputs/folder_walk.h"
#include "system/paths.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace system = gfnet::system;

std::optional<FileIdentity> identity_in(const system::FileFacts& facts) {
  return facts.is_regular() ? std::optional(facts.identity) : std::nullopt;
}

}  // namespace

std::optional<FileIdentity> identity_of(const std::string& path) {
  for (std::filesystem::path file = path_of(path); !file.empty(); file = file.parent_path()) {
    if (const auto facts = system::facts_of(file)) return identity_in(*facts);
    if (errno != ENOTDIR) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<FileIdentity> identity_of(int descriptor) {
  const auto facts = system::facts_of(descriptor);
  return facts ? identity_in(*facts) : std::nullopt;
}

std::optional<FileIdentity> filled_identity_of(int descriptor) {
  const auto facts = system::facts_of(descriptor);
  return facts && facts->bytes > 0 ? identity_in(*facts) : std::nullopt;
}

bool may_be_listed(int descriptor) {
  const auto facts = system::facts_of(descriptor);
  if (!facts || facts->names != 1) return true;
  const auto name = system::path_of_open_file(descriptor);
  return !name || bears_image_name(*name);
}

}  // namespace app
