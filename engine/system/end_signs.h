#pragma once

namespace gfnet::system {

/// What tells a process that another one has started that it shall end: the end of its stdin, which
/// the other one holds open, or a signal, as at the shutdown of a machine.
class EndSigns {
 public:
  /// From now on the signals do not end the process. Must be made before other threads start.
  EndSigns();
  /// Waits for a sign. Returns 0 at the end of stdin, else what end_by_sign() takes. Nothing else
  /// may read stdin meanwhile.
  int wait() const;

 private:
  int signals_ = -1;  // stays open until the process ends
};

/// Ends the process at once, without destructors, as the sign ends a process that does not wait for
/// signs; with status 1 if it is 0.
[[noreturn]] void end_by_sign(int sign);

}  // namespace gfnet::system
