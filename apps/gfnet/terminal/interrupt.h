#pragma once

namespace app {

/// Handles signals during its lifetime. The first SIGINT or SIGTERM only makes interrupted() true,
/// so that the run can end in order. The second one ends the process at once. A signal that the
/// process ignored before stays ignored. Only one guard may exist at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Whether SIGINT or SIGTERM has arrived. Once true, it stays true.
bool interrupted();

/// Waits until fd can be read, then returns true. Returns false as soon as a signal has made
/// interrupted() true or stop_waiting() was called.
bool wait_for_input(int fd);

/// Makes every current and later wait_for_input() return false.
void stop_waiting();

}  // namespace app
