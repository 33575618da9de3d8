#include "inputs/file_identity.h"

#include <fmt/format.h>
#include <sys/stat.h>

#include <cerrno>
#include <filesystem>
#include <system_error>

#include "inputs/folder_walk.h"

namespace app {
namespace {

std::optional<FileIdentity> identity_in(const struct stat& status) {
  if (!S_ISREG(status.st_mode)) return std::nullopt;
  return FileIdentity{status.st_dev, status.st_ino};
}

}  // namespace

std::optional<FileIdentity> identity_of(const std::string& path) {
  struct stat status = {};
  for (std::filesystem::path file = path; !file.empty(); file = file.parent_path()) {
    if (stat(file.c_str(), &status) == 0) return identity_in(status);
    if (errno != ENOTDIR) return std::nullopt;
  }
  return std::nullopt;
}

std::optional<FileIdentity> identity_of(int descriptor) {
  struct stat status = {};
  return fstat(descriptor, &status) == 0 ? identity_in(status) : std::nullopt;
}

std::optional<FileIdentity> filled_identity_of(int descriptor) {
  struct stat status = {};
  if (fstat(descriptor, &status) != 0 || status.st_size == 0) return std::nullopt;
  return identity_in(status);
}

bool may_be_listed(int descriptor) {
  struct stat status = {};
  if (fstat(descriptor, &status) != 0 || status.st_nlink != 1) return true;
  std::error_code error;
  const std::filesystem::path name =
      std::filesystem::read_symlink(fmt::format("/proc/self/fd/{}", descriptor), error);
  return error || bears_image_name(name);
}

}  // namespace app
