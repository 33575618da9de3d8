#include "terminal/end_in_time.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <gfnet/error.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <exception>
#include <system_error>
#include <utility>

#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

/// Exit status of an interrupted run: kInterrupted of command_line/command.h, which this room
/// cannot include.
constexpr int kInterruptedStatus = 130;
/// How long the end waits for a WholeStep.
constexpr std::chrono::milliseconds kLongestStep{500};

/// Held by every WholeStep.
std::recursive_timed_mutex& step_mutex() {
  static std::recursive_timed_mutex mutex;
  return mutex;
}

}  // namespace

WholeStep::WholeStep() : lock_(step_mutex()) {}

EndInTime::EndInTime(std::function<void()> last_words, double patience)
    : last_words_(std::move(last_words)), status_(kInterruptedStatus) {
  if (pipe2(stop_, O_CLOEXEC) != 0) {
    throw std::system_error(errno, std::generic_category(), "pipe2");
  }
  try {
    thread_ = std::thread([this, patience] { watch(stop_[0], patience); });
  } catch (const std::system_error& error) {
    for (const int end : stop_) close(end);
    throw cannot_start_thread("the thread that waits for Ctrl-C", error);
  }
}

EndInTime::~EndInTime() {
  static_cast<void>(!write(stop_[1], "", 1));
  thread_.join();
  for (const int end : stop_) close(end);
}

void EndInTime::say(std::function<void()> last_words) {
  const WholeStep step;
  last_words_ = std::move(last_words);
}

void EndInTime::decide(int status) {
  const WholeStep step;
  last_words_ = nullptr;
  status_ = status;
}

void EndInTime::watch(int stop, double patience) {
  if (!wait_for_interrupt(stop)) return;
  pollfd stopped{stop, POLLIN, 0};
  if (poll(&stopped, 1, static_cast<int>(1000 * patience)) > 0) return;
  std::unique_lock lock(step_mutex(), std::defer_lock);
  static_cast<void>(lock.try_lock_for(kLongestStep));
  if (last_words_) {
    clear_status_line();
    try {
      last_words_();
    } catch (const std::exception& error) {
      say_notice(error.what());
    }
  }
  std::fflush(stdout);
  // No destructor runs: the driver may be using what they would destroy.
  _exit(status_);
}

}  // namespace app
