#include "system/interrupts.h"

#include <atomic>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

constexpr int kNone = -1;

std::atomic<bool> are_held = false;
std::atomic<int> pending = kNone;
std::atomic<InterruptHandler> current = nullptr;
std::atomic<bool> shall_end = false;

/// What Windows calls, on a thread of its own. FALSE: the process ends.
BOOL WINAPI on_event(DWORD kind) {
  if (are_held) {
    pending = static_cast<int>(kind);
    return TRUE;
  }
  const InterruptHandler handler = current;
  if (handler == nullptr) return FALSE;
  handler(static_cast<int>(kind));
  if (shall_end) return FALSE;
  // The console closes, and Windows ends the process when this function returns.
  if (kind != CTRL_C_EVENT && kind != CTRL_BREAK_EVENT) ::Sleep(INFINITE);
  return TRUE;
}

std::atomic<InterruptHandler> timed = nullptr;
HANDLE timer = nullptr;

void CALLBACK on_time(void*, BOOLEAN) {
  if (const InterruptHandler handler = timed) handler(CTRL_C_EVENT);
}

}  // namespace

void hold_interrupts() {
  are_held = true;
  ::SetConsoleCtrlHandler(on_event, TRUE);
}

void release_interrupts() {
  are_held = false;
  const int kind = pending.exchange(kNone);
  if (kind == kNone) return;
  const InterruptHandler handler = current;
  if (handler != nullptr) handler(kind);
  if (handler == nullptr || shall_end) end_now(static_cast<int>(kEndedByControlC));
}

void handle_interrupts(InterruptHandler handler) {
  current = handler;
  release_interrupts();
}

void end_by_interrupt(int) { shall_end = true; }

void call_handler_after(double seconds, InterruptHandler handler) {
  revoke_handler_call();
  timed = handler;
  ::CreateTimerQueueTimer(&timer, nullptr, on_time, nullptr, static_cast<DWORD>(seconds * 1000), 0,
                          WT_EXECUTEONLYONCE);
}

void revoke_handler_call() {
  timed = nullptr;
  if (timer != nullptr) static_cast<void>(::DeleteTimerQueueTimer(nullptr, timer, nullptr));
  timer = nullptr;
}

void end_now(int status) {
  // Not _exit(), which tells every library: a driver may be in the middle of its work.
  ::TerminateProcess(::GetCurrentProcess(), static_cast<UINT>(status));
  for (;;) ::Sleep(INFINITE);  // TerminateProcess() does not return
}

}  // namespace gfnet::system
