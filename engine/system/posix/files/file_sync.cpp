#include "system/file_sync.h"

#include <fcntl.h>

#include <cerrno>

#include "system/descriptor.h"

namespace gfnet::system {

int sync_file(const std::filesystem::path& path) {
  const Descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
  return file.get() < 0 ? errno : sync_file(file.get());
}

int sync_folder(const std::filesystem::path& folder) {
  const Descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (opened.get() < 0) return errno;
  const int error = sync_file(opened.get());
  return error == EINVAL || error == ENOTSUP ? 0 : error;
}

}  // namespace gfnet::system
