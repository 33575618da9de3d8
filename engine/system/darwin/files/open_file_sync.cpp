#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "system/file_sync.h"

namespace gfnet::system {

int sync_file(int file) {
  // fsync() leaves the bytes in the disk's own memory. Not every file system can do more.
  if (::fcntl(file, F_FULLFSYNC) == 0 || ::fsync(file) == 0) return 0;
  return errno;
}

int sync_bytes(int file) { return sync_file(file); }

}  // namespace gfnet::system
