#include "terminal/interrupt.h"

#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/time.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cmath>
#include <csignal>
#include <cstdint>
#include <string_view>
#include <system_error>

namespace app {
namespace {

constexpr int kSignals[] = {SIGINT, SIGTERM};

std::atomic<bool> noted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler sets it");

/// An event for poll(). It becomes readable when it is raised, and stays readable until it is
/// reset. A flag would not be enough: a thread that has just checked the flag would still start to
/// wait.
class Event {
 public:
  Event() : file_(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)) {
    if (file_ < 0) throw std::system_error(errno, std::generic_category(), "eventfd");
  }

  int file() const { return file_; }
  /// May be called by a signal handler.
  void raise() const {
    const std::uint64_t once = 1;
    static_cast<void>(!write(file_, &once, sizeof once));
  }
  void reset() const {
    std::uint64_t count = 0;
    static_cast<void>(!read(file_, &count, sizeof count));
  }

 private:
  int file_;
};

/// The event that ends all waiting in wait_for_input().
const Event& wake_event() {
  static const Event event;
  return event;
}

/// The event that ends waiting in wait_for_interrupt().
const Event& watch_event() {
  static const Event event;
  return event;
}

// For the signal handler, which must not call the functions with static locals.
const Event* to_wake = nullptr;
const Event* to_watch = nullptr;
std::atomic<int> final_status = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler reads it");

void on_signal(int signal) {
  const int error = errno;
  if (noted.exchange(true)) {
    std::signal(signal, SIG_DFL);
    std::raise(signal);  // delivered when this handler returns
  } else {
    to_wake->raise();
    to_watch->raise();
  }
  errno = error;
}

/// A signal's handler: ends the process, which has output that it cannot write. The line is left
/// out if stderr takes no more either.
void end_unwritten(int) {
  static constexpr std::string_view kLine =
      "gfnet: interrupted; not all of the output could be written\n";
  pollfd wait{STDERR_FILENO, POLLOUT, 0};
  if (poll(&wait, 1, 0) == 1) {
    static_cast<void>(!write(STDERR_FILENO, kLine.data(), kLine.size()));
  }
  _exit(final_status);
}

/// Makes SIGALRM arrive after that time. 0 revokes it.
void set_alarm(double seconds) {
  itimerval alarm = {};
  alarm.it_value.tv_sec = static_cast<time_t>(seconds);
  alarm.it_value.tv_usec = static_cast<suseconds_t>((seconds - std::floor(seconds)) * 1'000'000);
  setitimer(ITIMER_REAL, &alarm, nullptr);
}

void mask_signals(int how) {
  sigset_t signals;
  sigemptyset(&signals);
  for (const int signal : kSignals) sigaddset(&signals, signal);
  pthread_sigmask(how, &signals, nullptr);
}

void handle_signals(void (*handler)(int)) {
  for (const int signal : kSignals) {
    struct sigaction now = {};
    if (sigaction(signal, nullptr, &now) == 0 && now.sa_handler != SIG_IGN) {
      std::signal(signal, handler);
    }
  }
  release_signals();
}

}  // namespace

void hold_signals() { mask_signals(SIG_BLOCK); }

void release_signals() { mask_signals(SIG_UNBLOCK); }

void note_signals() {
  to_wake = &wake_event();
  to_watch = &watch_event();
  handle_signals(on_signal);
}

void end_unwritten_on_signals(int status) {
  constexpr double kPatience = 0.5;  // seconds
  const bool has_noted = to_wake != nullptr;
  if (!has_noted) return release_signals();
  final_status = status;
  handle_signals(end_unwritten);
  if (interrupted()) end_within(kPatience, status);
}

void end_within(double seconds, int status) {
  final_status = status;
  std::signal(SIGALRM, end_unwritten);
  sigset_t alarm;
  sigemptyset(&alarm);
  sigaddset(&alarm, SIGALRM);
  pthread_sigmask(SIG_UNBLOCK, &alarm, nullptr);
  set_alarm(seconds);
}

void end_on_signals(int status) {
  set_alarm(0);
  final_status = status;
  handle_signals([](int) { _exit(final_status); });
}

bool interrupted() { return noted; }

bool wait_for_input(int fd) {
  pollfd waits[] = {{fd, POLLIN, 0}, {wake_event().file(), POLLIN, 0}};
  while (poll(waits, 2, -1) < 0) {
    if (errno != EINTR) return true;  // the read that follows reports the error
  }
  return waits[1].revents == 0;
}

void stop_waiting() { wake_event().raise(); }

void wait_for_interrupt() {
  pollfd wait{watch_event().file(), POLLIN, 0};
  while (!interrupted() && poll(&wait, 1, -1) < 0) {
  }
  watch_event().reset();
}

void wake_watcher() { watch_event().raise(); }

}  // namespace app
