#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "system/started_process.h"

namespace gfnet::system {

int make_pipe(Descriptor& read_end, Descriptor& write_end) {
  // A process that another thread starts between the two calls inherits the ends: macOS has no
  // pipe2().
  int ends[2];
  if (::pipe(ends) != 0) return errno;
  for (const int end : ends) ::fcntl(end, F_SETFD, FD_CLOEXEC);
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  return 0;
}

}  // namespace gfnet::system
