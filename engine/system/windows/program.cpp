#include "system/program.h"

#include "system/interrupts.h"
#include "system/windows/api.h"
// After windows.h, whose types it needs.
#include <shellapi.h>

namespace gfnet::system {

std::vector<std::string> command_words(int argc, char** argv) {
  // The words of main() are not in UTF-8.
  int count = 0;
  wchar_t** const wide_words = ::CommandLineToArgvW(::GetCommandLineW(), &count);
  if (wide_words == nullptr) return {argv, argv + argc};
  std::vector<std::string> words;
  for (int i = 0; i < count; ++i) words.push_back(narrow(wide_words[i]));
  ::LocalFree(wide_words);
  return words;
}

int become(const std::filesystem::path& program, const std::vector<std::string>& words) {
  std::filesystem::path file = program;
  if (!file.has_extension()) file += ".exe";
  STARTUPINFOW startup{};
  startup.cb = sizeof startup;
  PROCESS_INFORMATION started{};
  std::wstring line = command_line(words);
  if (!::CreateProcessW(native(file).c_str(), line.data(), nullptr, nullptr, TRUE, 0, nullptr,
                        nullptr, &startup, &started)) {
    return errno_of(::GetLastError());
  }
  ::SetConsoleCtrlHandler(nullptr, TRUE);  // an interrupt is for the other program
  DWORD status = 1;
  ::WaitForSingleObject(started.hProcess, INFINITE);
  ::GetExitCodeProcess(started.hProcess, &status);
  end_now(static_cast<int>(status));
}

int process_number() { return static_cast<int>(::GetCurrentProcessId()); }

}  // namespace gfnet::system
