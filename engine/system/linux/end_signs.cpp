#include "system/end_signs.h"

#include <poll.h>
#include <pthread.h>
#include <sys/signalfd.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>
#include <iterator>

namespace gfnet::system {

EndSigns::EndSigns() {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : {SIGHUP, SIGINT, SIGTERM}) sigaddset(&signals, signal);
  ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signals_ = ::signalfd(-1, &signals, SFD_CLOEXEC);
}

int EndSigns::wait() const {
  for (;;) {
    pollfd ready[] = {{STDIN_FILENO, POLLIN, 0}, {signals_, POLLIN, 0}};
    if (::poll(ready, std::size(ready), -1) <= 0) continue;
    signalfd_siginfo signal{};
    if (ready[1].revents != 0 && ::read(signals_, &signal, sizeof signal) == sizeof signal) {
      return static_cast<int>(signal.ssi_signo);
    }
    char byte = 0;
    if (ready[0].revents == 0) continue;
    const ssize_t count = ::read(STDIN_FILENO, &byte, 1);
    if (count == 0 || (count < 0 && errno != EINTR)) return 0;
  }
}

void end_by_sign(int sign) {
  if (sign != 0) {
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, sign);
    ::raise(sign);
    ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
  }
  ::_exit(1);
}

}  // namespace gfnet::system
