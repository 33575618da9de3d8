#pragma once

namespace app {

// What SIGINT and SIGTERM do depends on how far the process is. In each phase, a signal that the
// process ignored at its start stays ignored.

/// From now on the signals wait: they are delivered by the next of the functions below. For the
/// start of the process, which then ends like any other part of the run. Must be called before
/// other threads exist.
void hold_signals();

/// From now on a signal ends the process at once, as it ends any other program.
void release_signals();

/// From now on the first signal only makes interrupted() true, so that the run can end in order.
/// The second signal ends the process at once.
void note_signals();

/// For the last flush of stdout, which waits if nobody reads. After note_signals(), a signal from
/// now on ends the process at once with this exit status, without its destructors, and with a line
/// on stderr that output is missing. If interrupted() is true already, the process ends so after
/// half a second. Without note_signals(), the same as release_signals().
void end_unwritten_on_signals(int status);

/// From now on a signal ends the process at once with this exit status, without its destructors.
/// For the end of the process, when all output is written. Revokes end_within().
void end_on_signals(int status);

/// Ends the process with this exit status, without its destructors, unless it has ended by itself
/// within `seconds`. A line on stderr then says that output is missing. For output that may wait
/// because nobody reads.
void end_within(double seconds, int status);

/// Whether SIGINT or SIGTERM has arrived since note_signals(). Once true, interrupted() stays true.
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
