#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>
#include <utility>

namespace app {

/// Ends the process soon after an interrupt, even if the run cannot end by itself. A driver that
/// compiles, a device that hangs and a file that never sends a byte cannot be interrupted. So a
/// thread waits for interrupted(), gives the run some time to end in order, and then ends the
/// process with kInterrupted. The object must be made after note_signals() was called. Only one may
/// exist at a time.
class EndInTime {
 public:
  /// Time in seconds that a run has to end in order. With the time that the end itself may take, a
  /// run ends within two seconds after the interrupt.
  static constexpr double kPatience = 0.7;

  /// last_words: writes what the user must know. Called before the process is ended, on another
  /// thread, while no WholeStep exists. Throws gfnet::Error if the thread cannot be started.
  explicit EndInTime(std::function<void()> last_words, double patience = kPatience);
  ~EndInTime();
  EndInTime(const EndInTime&) = delete;
  EndInTime& operator=(const EndInTime&) = delete;

  /// Replaces the last words.
  void say(std::function<void()> last_words);
  /// The run has written its own last words and will return `status`. From now on the process says
  /// nothing more and ends with this status, whatever the rest of the run takes.
  void decide(int status);

 private:
  void watch(double patience);

  std::function<void()> last_words_;
  int status_;
  std::mutex mutex_;  // guards is_over_
  std::condition_variable over_;
  bool is_over_ = false;
  std::thread thread_;  // last: it uses all of the above
};

/// Last words that use objects of the run. While one exists, it replaces the words of `end`; after
/// that, the end says nothing.
class LastWords {
 public:
  LastWords(EndInTime& end, std::function<void()> words) : end_(end) { end_.say(std::move(words)); }
  ~LastWords() { end_.say(nullptr); }
  LastWords(const LastWords&) = delete;
  LastWords& operator=(const LastWords&) = delete;

 private:
  EndInTime& end_;
};

/// While one exists, EndInTime does not end the process: for what must be done wholly or not at
/// all, such as writing a row. Only a step of more than half a second is cut off, because its
/// output may be a pipe that nobody reads.
class WholeStep {
 public:
  WholeStep();

 private:
  std::unique_lock<std::recursive_timed_mutex> lock_;
};

}  // namespace app
