#pragma once

namespace gfnet::system {

// Interrupts ask the process to end: SIGINT and SIGTERM; on Windows Ctrl-C, Ctrl-Break and the
// closing of the console. A handler runs at any time and must call only what is said to be allowed
// for handlers. It may set lock-free atomics.

/// kind: what end_by_interrupt() takes.
using InterruptHandler = void (*)(int kind);

/// From now on interrupts wait: they are delivered by the next of the functions below. Must be
/// called before other threads exist.
void hold_interrupts();
/// From now on interrupts do what they did before, by default end the process at once.
void release_interrupts();
/// From now on interrupts call `handler`, except those that the process ignored at its start.
void handle_interrupts(InterruptHandler handler);

/// For a handler: when it returns, the process ends as without a handler.
void end_by_interrupt(int kind);

/// Calls `handler`, like one of interrupts, when the time is over. Replaces an earlier call that is
/// still to come. kind is of no use then.
void call_handler_after(double seconds, InterruptHandler handler);
/// Revokes the call that is still to come.
void revoke_handler_call();

/// Ends the process at once, without destructors and without writing buffers. May be called by
/// handlers.
[[noreturn]] void end_now(int status);

}  // namespace gfnet::system
