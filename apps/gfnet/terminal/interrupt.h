#pragma once

namespace app {

/// While a guard exists, the first SIGINT or SIGTERM only makes interrupted() true, so that the run
/// can end in order. The second signal ends the process at once. A signal that the process ignored
/// before the guard was made stays ignored. Only one guard may exist at a time.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Whether SIGINT or SIGTERM has arrived while an InterruptGuard existed. Once true, interrupted()
/// stays true.
bool interrupted();

/// Waits until fd can be read, then returns true. Returns false as soon as a signal has made
/// interrupted() true or stop_waiting() was called.
bool wait_for_input(int fd);

/// Makes every current and later wait_for_input() return false.
void stop_waiting();

/// Waits until interrupted(), or until wake_watcher() is called. Only one thread at a time may
/// wait.
void wait_for_interrupt();

/// Ends one call of wait_for_interrupt(): the one that waits, or the next one.
void wake_watcher();

}  // namespace app
