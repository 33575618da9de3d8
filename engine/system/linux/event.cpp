#include <sys/eventfd.h>
#include <unistd.h>

#include <cerrno>
#include <system_error>

#include "system/waiting.h"

namespace gfnet::system {

Event::Event() : handle_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
  if (handle_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  raised_at_ = handle_;
}

void Event::raise() const {
  const std::uint64_t once = 1;
  static_cast<void>(!::write(static_cast<int>(raised_at_), &once, sizeof once));
}

void Event::reset() const {
  std::uint64_t count = 0;
  static_cast<void>(!::read(static_cast<int>(handle_), &count, sizeof count));
}

}  // namespace gfnet::system
