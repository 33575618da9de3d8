#include "system/waiting.h"

#include <array>

#include "system/windows/api.h"

namespace gfnet::system {
namespace {

constexpr DWORD kBetweenLooks = 10;  // milliseconds: a pipe cannot be waited for

HANDLE handle_in(const Event& event) { return reinterpret_cast<HANDLE>(event.handle()); }

/// Whether reading from a pipe would return at once: bytes are there, or it has ended.
bool has_input(HANDLE pipe) {
  DWORD available = 0;
  return !::PeekNamedPipe(pipe, nullptr, 0, nullptr, &available, nullptr) || available > 0;
}

}  // namespace

bool wait_for(const Event& event) {
  return ::WaitForSingleObject(handle_in(event), INFINITE) == WAIT_OBJECT_0;
}

bool wait_for_input(int file, const Event& event) {
  const HANDLE input = handle_of(file);
  const DWORD kind = ::GetFileType(input);
  if (kind == FILE_TYPE_CHAR) {
    const std::array both{handle_in(event), input};
    return ::WaitForMultipleObjects(2, both.data(), FALSE, INFINITE) != WAIT_OBJECT_0;
  }
  if (kind != FILE_TYPE_PIPE) return ::WaitForSingleObject(handle_in(event), 0) != WAIT_OBJECT_0;
  while (!has_input(input)) {
    if (::WaitForSingleObject(handle_in(event), kBetweenLooks) == WAIT_OBJECT_0) return false;
  }
  return ::WaitForSingleObject(handle_in(event), 0) != WAIT_OBJECT_0;
}

bool wait_for_input(int file, std::chrono::milliseconds longest) {
  const HANDLE input = handle_of(file);
  const auto end = std::chrono::steady_clock::now() + longest;
  while (::GetFileType(input) == FILE_TYPE_PIPE && !has_input(input)) {
    if (std::chrono::steady_clock::now() >= end) return false;
    ::Sleep(kBetweenLooks);
  }
  return true;
}

bool takes_output(int) { return true; }  // Windows does not say

}  // namespace gfnet::system
