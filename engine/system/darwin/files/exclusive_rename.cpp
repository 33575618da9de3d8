#include <stdio.h>

#include <cerrno>

#include "system/file_names.h"

namespace gfnet::system {

int rename_unless_taken(const std::filesystem::path& source, const std::filesystem::path& target) {
  if (::renamex_np(source.c_str(), target.c_str(), RENAME_EXCL) == 0) return 0;
  return errno == ENOTSUP || errno == EINVAL ? ENOSYS : errno;
}

}  // namespace gfnet::system
