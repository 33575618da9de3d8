#include <fcntl.h>
#include <linux/fs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>

#include "system/file_names.h"

namespace gfnet::system {

int rename_unless_taken(const std::filesystem::path& source, const std::filesystem::path& target) {
  if (::syscall(SYS_renameat2, AT_FDCWD, source.c_str(), AT_FDCWD, target.c_str(),
                RENAME_NOREPLACE) == 0) {
    return 0;
  }
  return errno == EINVAL ? ENOSYS : errno;
}

}  // namespace gfnet::system
