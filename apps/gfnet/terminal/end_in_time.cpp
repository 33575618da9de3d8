#include "terminal/end_in_time.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <chrono>
#include <cstdio>
#include <exception>
#include <system_error>
#include <utility>

#include "system/interrupts.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

/// Exit status of an interrupted run: kInterrupted of command_line/command.h, which this room
/// cannot include.
constexpr int kInterruptedStatus = 130;
/// How long the end waits for a WholeStep.
constexpr std::chrono::milliseconds kLongestStep{500};
/// Seconds that the last words may take: nobody may read stdout or stderr.
constexpr double kLongestWords = 0.6;

/// Held by every WholeStep.
std::recursive_timed_mutex& step_mutex() {
  static std::recursive_timed_mutex mutex;
  return mutex;
}

}  // namespace

WholeStep::WholeStep() : lock_(step_mutex()) {}

EndInTime::EndInTime(std::function<void()> last_words, double patience)
    : last_words_(std::move(last_words)), status_(kInterruptedStatus) {
  try {
    thread_ = std::thread([this, patience] { watch(patience); });
  } catch (const std::system_error& error) {
    throw cannot_start_thread("the thread that waits for Ctrl-C", error);
  }
}

EndInTime::~EndInTime() {
  {
    const std::lock_guard lock(mutex_);
    is_over_ = true;
  }
  over_.notify_one();
  wake_watcher();
  thread_.join();
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

void EndInTime::watch(double patience) {
  while (!interrupted()) {
    wait_for_interrupt();
    const std::lock_guard lock(mutex_);
    if (is_over_) return;
  }
  {
    std::unique_lock lock(mutex_);
    const std::chrono::duration<double> time(patience);
    if (over_.wait_for(lock, time, [this] { return is_over_; })) return;
  }
  std::unique_lock lock(step_mutex(), std::defer_lock);
  static_cast<void>(lock.try_lock_for(kLongestStep));
  end_within(kLongestWords, status_);
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
  gfnet::system::end_now(status_);
}

}  // namespace app
