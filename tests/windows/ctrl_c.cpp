// Starts a command on a new console, and types Ctrl-C there when a file has grown. For
// scripts/check-windows.
//   ctrl-c.exe FILE BYTES COMMAND…      Exit status: the command's; 100 if it could not be started
//   or has ended before.
#include <windows.h>

#include <cstdio>
#include <cwchar>
#include <string>

namespace {

constexpr int kFailed = 100;
constexpr DWORD kBetweenLooks = 10;  // milliseconds

BOOL WINAPI ignore(DWORD) { return TRUE; }

unsigned long long bytes_of(const wchar_t* path) {
  WIN32_FILE_ATTRIBUTE_DATA facts{};
  if (!GetFileAttributesExW(path, GetFileExInfoStandard, &facts)) return 0;
  return static_cast<unsigned long long>(facts.nFileSizeHigh) << 32 | facts.nFileSizeLow;
}

int fail(const char* text) {
  std::fprintf(stderr, "ctrl-c: %s (error %lu)\n", text, GetLastError());
  return kFailed;
}

}  // namespace

int wmain(int argc, wchar_t** argv) {
  if (argc < 4) return fail("usage: ctrl-c FILE BYTES COMMAND...");
  FreeConsole();
  if (!AllocConsole()) return fail("there is no console");
  // A handler, because a process that ignores Ctrl-C has its children ignore it too.
  SetConsoleCtrlHandler(ignore, TRUE);
  std::wstring line;
  for (int i = 3; i < argc; ++i) line += std::wstring(L"\"") + argv[i] + L"\" ";
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION started{};
  if (!CreateProcessW(nullptr, line.data(), nullptr, nullptr, TRUE, 0, nullptr, nullptr, &startup,
                      &started)) {
    return fail("the command does not start");
  }
  const unsigned long long wanted = std::wcstoull(argv[2], nullptr, 10);
  while (bytes_of(argv[1]) < wanted) {
    if (WaitForSingleObject(started.hProcess, kBetweenLooks) == WAIT_OBJECT_0) {
      return fail("the command has ended already");
    }
  }
  if (!GenerateConsoleCtrlEvent(CTRL_C_EVENT, 0)) return fail("no Ctrl-C");
  WaitForSingleObject(started.hProcess, INFINITE);
  DWORD status = kFailed;
  GetExitCodeProcess(started.hProcess, &status);
  return static_cast<int>(status);
}
