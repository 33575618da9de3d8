#pragma once

namespace app {

/// While it lives, the first SIGINT or SIGTERM only makes interrupted() true, so that the run can
/// end in order. The second one ends the process at once. A signal that was ignored stays ignored.
/// Only one guard may exist at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Whether SIGINT or SIGTERM has come. Stays true.
bool interrupted();

/// Waits until fd can be read, then returns true. Returns false once interrupted(), or once
/// stop_waiting() was called.
bool wait_for_input(int fd);

/// Makes every current and later wait_for_input() return false.
void stop_waiting();

}  // namespace app
