#pragma once

#include <atomic>
#include <functional>

namespace binding {

/// Says whether a call shall end early, because nobody waits for its result any more.
class Stop {
 public:
  void request() { is_requested_ = true; }
  bool is_requested() const { return is_requested_; }

 private:
  std::atomic<bool> is_requested_ = false;
};

/// Does `work` on a thread of its own, and waits for it without the GIL. Throws what `work` throws.
/// The caller must hold the GIL.
///
/// If a signal handler of Python raises an exception meanwhile, such as KeyboardInterrupt on
/// Ctrl-C, throws this exception at once. `work` then goes on until it sees `stop`, or to its end:
/// the engine cannot leave a device in the middle of its work. All that `work` uses must therefore
/// belong to it. It is destroyed by a thread that holds the GIL.
void run_interruptibly(std::function<void(const Stop& stop)> work);

/// Waits until no work goes on that nobody waits for, so that the process can end. A second Ctrl-C
/// ends the process at once. The caller must hold the GIL.
void wait_for_calls();

}  // namespace binding
