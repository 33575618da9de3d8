#include "system/end_signs.h"

#include <atomic>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

std::atomic<int> sign = 0;

BOOL WINAPI on_end(DWORD kind) {
  sign = static_cast<int>(kind) + 1;
  ::Sleep(INFINITE);  // the thread that waits for the sign ends the process
  return TRUE;
}

}  // namespace

EndSigns::EndSigns() { ::SetConsoleCtrlHandler(on_end, TRUE); }

int EndSigns::wait() const {
  constexpr DWORD kBetweenLooks = 50;  // milliseconds: a pipe cannot be waited for
  const HANDLE input = ::GetStdHandle(STD_INPUT_HANDLE);
  for (;;) {
    if (const int seen = sign) return seen;
    DWORD available = 0;
    if (!::PeekNamedPipe(input, nullptr, 0, nullptr, &available, nullptr)) return 0;
    char byte = 0;
    DWORD count = 0;
    if (available == 0) {
      ::Sleep(kBetweenLooks);
    } else if (!::ReadFile(input, &byte, 1, &count, nullptr)) {
      return 0;
    }
  }
}

void end_by_sign(int told) {
  ::TerminateProcess(::GetCurrentProcess(), told == 0 ? 1 : kEndedByControlC);
  for (;;) ::Sleep(INFINITE);  // TerminateProcess() does not return
}

}  // namespace gfnet::system
