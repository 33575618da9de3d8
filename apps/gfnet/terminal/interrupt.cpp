#include "terminal/interrupt.h"

#include <atomic>
#include <cerrno>
#include <span>
#include <string_view>

#include "system/descriptor.h"
#include "system/file.h"
#include "system/interrupts.h"
#include "system/waiting.h"

namespace app {
namespace {

namespace system = gfnet::system;

std::atomic<bool> noted = false;
static_assert(std::atomic<bool>::is_always_lock_free, "a signal's handler sets it");

/// The event that ends all waiting in wait_for_input().
const system::Event& wake_event() {
  static const system::Event event;
  return event;
}

/// The event that ends waiting in wait_for_interrupt().
const system::Event& watch_event() {
  static const system::Event event;
  return event;
}

// For the signal handler, which must not call the functions with static locals.
const system::Event* to_wake = nullptr;
const system::Event* to_watch = nullptr;
std::atomic<int> final_status = 0;
static_assert(std::atomic<int>::is_always_lock_free, "a signal's handler reads it");

void on_signal(int signal) {
  const int error = errno;
  if (noted.exchange(true)) {
    system::end_by_interrupt(signal);
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
  if (system::takes_output(system::kStderr)) {
    static_cast<void>(system::write_file(system::kStderr, std::as_bytes(std::span(kLine))));
  }
  system::end_now(final_status);
}

}  // namespace

void hold_signals() { system::hold_interrupts(); }

void release_signals() { system::release_interrupts(); }

void note_signals() {
  to_wake = &wake_event();
  to_watch = &watch_event();
  system::handle_interrupts(on_signal);
}

void end_unwritten_on_signals(int status) {
  constexpr double kPatience = 0.5;  // seconds
  const bool has_noted = to_wake != nullptr;
  if (!has_noted) return release_signals();
  final_status = status;
  system::handle_interrupts(end_unwritten);
  if (interrupted()) end_within(kPatience, status);
}

void end_within(double seconds, int status) {
  final_status = status;
  system::call_handler_after(seconds, end_unwritten);
}

void end_on_signals(int status) {
  system::revoke_handler_call();
  final_status = status;
  system::handle_interrupts([](int) { system::end_now(final_status); });
}

bool interrupted() { return noted; }

bool wait_for_input(int fd) { return system::wait_for_input(fd, wake_event()); }

void stop_waiting() { wake_event().raise(); }

void wait_for_interrupt() {
  while (!interrupted() && !system::wait_for(watch_event())) {
  }
  watch_event().reset();
}

void wake_watcher() { watch_event().raise(); }

}  // namespace app
