#include "system/started_process.h"

#include <array>
#include <cstdio>
#include <memory>
#include <span>

#include "system/file.h"
#include "system/windows/api.h"

namespace gfnet::system {
namespace {

/// What kill() gives as the exit status.
constexpr DWORD kKilled = 0xC0000001;

/// A handle that child processes inherit. Closes itself.
class Inherited {
 public:
  explicit Inherited(HANDLE of) {
    ::DuplicateHandle(::GetCurrentProcess(), of, ::GetCurrentProcess(), &handle_, 0, TRUE,
                      DUPLICATE_SAME_ACCESS);
  }
  ~Inherited() {
    if (handle_ != nullptr) ::CloseHandle(handle_);
  }
  Inherited(const Inherited&) = delete;
  Inherited& operator=(const Inherited&) = delete;
  HANDLE get() const { return handle_; }

 private:
  HANDLE handle_ = nullptr;
};

/// The list of the only handles that a process inherits, for STARTUPINFOEXW.
class HandleList {
 public:
  explicit HandleList(std::span<HANDLE> handles) {
    SIZE_T bytes = 0;
    ::InitializeProcThreadAttributeList(nullptr, 1, 0, &bytes);
    memory_ = std::make_unique<std::byte[]>(bytes);
    is_made_ = ::InitializeProcThreadAttributeList(get(), 1, 0, &bytes) != 0;
    is_filled_ = is_made_ && ::UpdateProcThreadAttribute(
                                 get(), 0, PROC_THREAD_ATTRIBUTE_HANDLE_LIST, handles.data(),
                                 handles.size_bytes(), nullptr, nullptr) != 0;
  }
  ~HandleList() {
    if (is_made_) ::DeleteProcThreadAttributeList(get());
  }
  HandleList(const HandleList&) = delete;
  HandleList& operator=(const HandleList&) = delete;
  LPPROC_THREAD_ATTRIBUTE_LIST get() const {
    return reinterpret_cast<LPPROC_THREAD_ATTRIBUTE_LIST>(memory_.get());
  }
  bool is_filled() const { return is_filled_; }

 private:
  std::unique_ptr<std::byte[]> memory_;
  bool is_made_ = false;
  bool is_filled_ = false;
};

ProcessEnd end_of(DWORD status) {
  if (status < 0x80000000u) return {.status = static_cast<int>(status)};
  std::array<char, 32> text{};
  std::snprintf(text.data(), text.size(), "exception 0x%08lX", static_cast<unsigned long>(status));
  return {.killed_by = text.data(),
          .is_from_outside = status == kEndedByControlC || status == kKilled};
}

}  // namespace

int Process::start(const std::vector<std::string>& command, int input, int output) {
  const HANDLE nowhere = ::CreateFileW(L"NUL", GENERIC_WRITE, FILE_SHARE_READ | FILE_SHARE_WRITE,
                                       nullptr, OPEN_EXISTING, FILE_ATTRIBUTE_NORMAL, nullptr);
  const Inherited in(handle_of(input)), out(handle_of(output)), error(nowhere);
  ::CloseHandle(nowhere);
  std::array handles{in.get(), out.get(), error.get()};
  const HandleList list(handles);
  if (!list.is_filled()) return errno_of(::GetLastError());
  STARTUPINFOEXW startup{};
  startup.StartupInfo.cb = sizeof startup;
  startup.StartupInfo.dwFlags = STARTF_USESTDHANDLES;
  startup.StartupInfo.hStdInput = in.get();
  startup.StartupInfo.hStdOutput = out.get();
  startup.StartupInfo.hStdError = error.get();
  startup.lpAttributeList = list.get();
  std::wstring line = command_line(command);
  PROCESS_INFORMATION started{};
  // A group of its own: a Ctrl-C on the console is for this program only.
  if (!::CreateProcessW(wide(command.front()).c_str(), line.data(), nullptr, nullptr, TRUE,
                        CREATE_NEW_PROCESS_GROUP | EXTENDED_STARTUPINFO_PRESENT, nullptr, nullptr,
                        &startup.StartupInfo, &started)) {
    return errno_of(::GetLastError());
  }
  ::CloseHandle(started.hThread);
  process_ = reinterpret_cast<std::intptr_t>(started.hProcess);
  return 0;
}

void Process::kill() { ::TerminateProcess(reinterpret_cast<HANDLE>(process_), kKilled); }

void Process::forget() {
  if (process_ >= 0) ::CloseHandle(reinterpret_cast<HANDLE>(process_));
  process_ = -1;
}

Process::State Process::look(bool waits, ProcessEnd& end) {
  const HANDLE process = reinterpret_cast<HANDLE>(process_);
  const DWORD result = ::WaitForSingleObject(process, waits ? INFINITE : 0);
  if (result == WAIT_TIMEOUT) return State::kRuns;
  DWORD status = 0;
  const bool is_known = result == WAIT_OBJECT_0 && ::GetExitCodeProcess(process, &status);
  forget();
  if (!is_known) return State::kUnknown;
  end = end_of(status);
  return State::kEnded;
}

void write_while_read(int pipe, std::string_view bytes) {
  static_cast<void>(write_all(pipe, std::as_bytes(std::span(bytes))));
}

}  // namespace gfnet::system
