#include "terminal/interrupt.h"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <csignal>
#include <system_error>

namespace app {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

std::atomic<bool> noted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler sets it");

/// A pipe for poll(). It becomes readable when a byte is written to it, and stays readable, because
/// nobody reads the byte. A flag would not be enough: a thread that has just checked the flag would
/// still start to wait.
struct WakePipe {
  int ends[2] = {-1, -1};
  WakePipe() {
    if (pipe2(ends, O_CLOEXEC | O_NONBLOCK) != 0) {
      throw std::system_error(errno, std::generic_category(), "pipe2");
    }
  }
};

/// The pipe that ends all waiting in wait_for_input().
WakePipe& wake_pipe() {
  static WakePipe pipe;
  return pipe;
}

/// A pipe that becomes readable when a signal has made interrupted() true, and only then.
WakePipe& signal_pipe() {
  static WakePipe pipe;
  return pipe;
}

// For the signal handler, which must not call wake_pipe() and signal_pipe() (static locals).
int wake_end = -1;
int signal_end = -1;

void on_signal(int signal) {
  const int error = errno;
  if (noted.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);  // delivered when this handler returns
  } else {
    static_cast<void>(!write(wake_end, "", 1));
    static_cast<void>(!write(signal_end, "", 1));
  }
  errno = error;
}

}  // namespace

InterruptGuard::InterruptGuard() {
  wake_end = wake_pipe().ends[1];
  signal_end = signal_pipe().ends[1];
  for (const int signal : kSignals) {
    if (std::signal(signal, on_signal) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

InterruptGuard::~InterruptGuard() {
  for (const int signal : kSignals) {
    if (std::signal(signal, SIG_DFL) == SIG_IGN) std::signal(signal, SIG_IGN);
  }
}

bool interrupted() { return noted; }

bool wait_for_input(int fd) {
  pollfd waits[] = {{fd, POLLIN, 0}, {wake_pipe().ends[0], POLLIN, 0}};
  while (poll(waits, 2, -1) < 0) {
    if (errno != EINTR) return true;  // the read that follows reports the error
  }
  return waits[1].revents == 0;
}

bool wait_for_interrupt(int fd) {
  pollfd waits[] = {{fd, POLLIN, 0}, {signal_pipe().ends[0], POLLIN, 0}};
  while (poll(waits, 2, -1) < 0) {
    if (errno != EINTR) return false;
  }
  return waits[0].revents == 0;
}

void stop_waiting() { static_cast<void>(!write(wake_pipe().ends[1], "", 1)); }

}  // namespace app
