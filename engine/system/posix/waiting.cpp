#include "system/waiting.h"

#include <poll.h>

#include <cerrno>

namespace gfnet::system {

bool wait_for(const Event& event) {
  pollfd wait{static_cast<int>(event.handle()), POLLIN, 0};
  return ::poll(&wait, 1, -1) >= 0;
}

bool wait_for_input(int file, const Event& event) {
  pollfd waits[] = {{file, POLLIN, 0}, {static_cast<int>(event.handle()), POLLIN, 0}};
  while (::poll(waits, 2, -1) < 0) {
    if (errno != EINTR) return true;  // the read that follows reports the error
  }
  return waits[1].revents == 0;
}

bool wait_for_input(int file, std::chrono::milliseconds longest) {
  pollfd wait{file, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(longest.count())) > 0;
}

bool takes_output(int file) {
  pollfd wait{file, POLLOUT, 0};
  return ::poll(&wait, 1, 0) == 1;
}

}  // namespace gfnet::system
