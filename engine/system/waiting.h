#pragma once

#include <chrono>
#include <cstdint>

namespace gfnet::system {

/// Something that threads wait for. It stays raised until it is reset. A flag would not be enough:
/// a thread that has just looked at the flag would still start to wait. Must live as long as the
/// process, because a handler of interrupts may raise it.
class Event {
 public:
  /// Throws std::system_error if the system has no more of them.
  Event();
  Event(const Event&) = delete;
  Event& operator=(const Event&) = delete;

  /// May be called by a handler of interrupts.
  void raise() const;
  void reset() const;
  /// What the functions below wait for.
  std::intptr_t handle() const { return handle_; }

 private:
  std::intptr_t handle_ = -1;
  /// The other end, where an event is a pipe.
  std::intptr_t raised_at_ = -1;
};

/// Waits until the event is raised. Returns false if a signal came first.
bool wait_for(const Event& event);

/// Waits until an open file can be read without waiting, then returns true; true also if the file
/// cannot be waited for. Returns false if the event is raised.
bool wait_for_input(int file, const Event& event);
/// Waits until an open file can be read without waiting, then returns true. Returns false if that
/// takes longer, or if a signal came first.
bool wait_for_input(int file, std::chrono::milliseconds longest);

/// Whether an open file can be written without waiting.
bool takes_output(int file);

}  // namespace gfnet::system
