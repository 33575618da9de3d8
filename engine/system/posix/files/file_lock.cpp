#include "system/file_lock.h"

#include <fcntl.h>
#include <sys/file.h>

#include <cerrno>

namespace gfnet::system {

Lock try_lock(int file) {
  if (::flock(file, LOCK_EX | LOCK_NB) == 0) return Lock::kHeld;
  return errno == EWOULDBLOCK ? Lock::kTaken : Lock::kImpossible;
}

int open_to_lock(const std::filesystem::path& folder) {
  return ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

}  // namespace gfnet::system
