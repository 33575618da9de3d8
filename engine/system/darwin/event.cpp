#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <system_error>

#include "system/waiting.h"

namespace gfnet::system {

Event::Event() {
  int ends[2];
  if (::pipe(ends) != 0) throw std::system_error(errno, std::generic_category(), "pipe");
  for (const int end : ends) {
    ::fcntl(end, F_SETFD, FD_CLOEXEC);
    ::fcntl(end, F_SETFL, O_NONBLOCK);
  }
  handle_ = ends[0];
  raised_at_ = ends[1];
}

void Event::raise() const {
  const char byte = 0;
  static_cast<void>(!::write(static_cast<int>(raised_at_), &byte, 1));
}

void Event::reset() const {
  std::array<char, 64> bytes;
  while (::read(static_cast<int>(handle_), bytes.data(), bytes.size()) > 0) {
  }
}

}  // namespace gfnet::system
