#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

#include "system/started_process.h"

namespace gfnet::system {

int make_pipe(Descriptor& read_end, Descriptor& write_end) {
  int ends[2];
  // At once: another thread may start a process, which must not inherit the ends.
  if (::pipe2(ends, O_CLOEXEC) != 0) return errno;
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  return 0;
}

}  // namespace gfnet::system
