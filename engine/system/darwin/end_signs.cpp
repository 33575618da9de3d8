#include "system/end_signs.h"

#include <pthread.h>
#include <sys/event.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <initializer_list>

namespace gfnet::system {
namespace {

struct kevent event_of(int what, short kind) {
  struct kevent event;
  EV_SET(&event, static_cast<uintptr_t>(what), kind, EV_ADD, 0, 0, nullptr);
  return event;
}

}  // namespace

EndSigns::EndSigns() : signals_(::kqueue()) {
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) {
    std::signal(signal, SIG_IGN);  // the queue sees it all the same
    const struct kevent event = event_of(signal, EVFILT_SIGNAL);
    ::kevent(signals_, &event, 1, nullptr, 0, nullptr);
  }
  const struct kevent input = event_of(STDIN_FILENO, EVFILT_READ);
  ::kevent(signals_, &input, 1, nullptr, 0, nullptr);
}

int EndSigns::wait() const {
  for (;;) {
    struct kevent seen;
    if (::kevent(signals_, nullptr, 0, &seen, 1, nullptr) <= 0) continue;
    if (seen.filter == EVFILT_SIGNAL) return static_cast<int>(seen.ident);
    char byte = 0;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    if (count == 0 || (count < 0 && errno != EINTR)) return 0;
  }
}

void end_by_sign(int sign) {
  if (sign != 0) {
    std::signal(sign, SIG_DFL);
    std::raise(sign);
  }
  ::_exit(1);
}

}  // namespace gfnet::system
