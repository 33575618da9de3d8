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

/// For the end of the interpreter, when only daemon threads are left. Asks the work of all calls to
/// stop and waits until none goes on: of those that were interrupted, and of daemon threads', which
/// never return from theirs, and from later ones. Ctrl-C ends the process at once. The caller must
/// hold the GIL; its own thread can make calls after that.
void end_calls();

}  // namespace binding
