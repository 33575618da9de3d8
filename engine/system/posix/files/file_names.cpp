#include "system/file_names.h"

#include <unistd.h>

#include <cerrno>
#include <cstdio>

namespace gfnet::system {
namespace {

int result_of(int returned) { return returned == 0 ? 0 : errno; }

}  // namespace

int replace_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  return result_of(std::rename(source.c_str(), target.c_str()));
}

int link_file(const std::filesystem::path& source, const std::filesystem::path& target) {
  const int error = result_of(::link(source.c_str(), target.c_str()));
  return error == EPERM || error == EOPNOTSUPP || error == EMLINK ? EXDEV : error;
}

int make_symbolic_link(const std::filesystem::path& text, const std::filesystem::path& target) {
  return result_of(::symlink(text.c_str(), target.c_str()));
}

int remove_file(const std::filesystem::path& path) { return result_of(::unlink(path.c_str())); }

int remove_empty_folder(const std::filesystem::path& path) {
  return result_of(::rmdir(path.c_str()));
}

bool concerns_disk(int error) {
  return error == ENOSPC || error == EDQUOT || error == EROFS || error == EIO;
}

}  // namespace gfnet::system
