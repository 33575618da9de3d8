#pragma once

namespace app {

/// While it lives, the first SIGINT or SIGTERM is only noted, for the run to end in good order; the
/// second ends the process at once. A signal that was ignored stays so. There may be one.
class InterruptGuard {
 public:
  InterruptGuard();
  ~InterruptGuard();
  InterruptGuard(const InterruptGuard&) = delete;
  InterruptGuard& operator=(const InterruptGuard&) = delete;
};

/// Whether a signal has been noted.
bool interrupted();

/// Waits until fd can be read, and says so. False once a signal has been noted or stop_waiting()
/// was called.
bool wait_for_input(int fd);

/// Ends every wait_for_input(), now and from now on.
void stop_waiting();

}  // namespace app
