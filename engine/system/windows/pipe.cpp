#include <fcntl.h>
#include <io.h>

#include <cerrno>

#include "system/started_process.h"

namespace gfnet::system {

int make_pipe(Descriptor& read_end, Descriptor& write_end) {
  constexpr unsigned kBytes = 1u << 16;
  int ends[2];
  if (::_pipe(ends, kBytes, _O_BINARY | _O_NOINHERIT) != 0) return errno;
  read_end.reset(ends[0]);
  write_end.reset(ends[1]);
  return 0;
}

}  // namespace gfnet::system
