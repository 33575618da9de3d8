#include "system/standard_streams.h"

#include <fcntl.h>
#include <io.h>

#include "system/descriptor.h"
#include "system/windows/api.h"

namespace gfnet::system {
namespace {

void open_if_closed(int stream) {
  if (handle_of(stream) != INVALID_HANDLE_VALUE && ::GetFileType(handle_of(stream)) != 0) return;
  const int opened = ::_wopen(L"NUL", stream == kStderr ? _O_WRONLY : _O_RDONLY);
  if (opened < 0 || opened == stream) return;
  ::_dup2(opened, stream);
  ::_close(opened);
}

/// Has a console act on control sequences, such as those that clear a line.
void use_control_sequences(int stream) {
  DWORD mode = 0;
  if (::GetConsoleMode(handle_of(stream), &mode)) {
    ::SetConsoleMode(handle_of(stream), mode | 0x0004 /* ENABLE_VIRTUAL_TERMINAL_PROCESSING */);
  }
}

}  // namespace

void prepare_standard_streams() {
  ::SetConsoleCP(CP_UTF8);
  ::SetConsoleOutputCP(CP_UTF8);
  for (const int stream : {kStdin, kStdout, kStderr}) {
    open_if_closed(stream);
    ::_setmode(stream, _O_BINARY);
    if (stream != kStdin) use_control_sequences(stream);
  }
}

bool is_terminal(int file) {
  DWORD mode = 0;
  return ::GetConsoleMode(handle_of(file), &mode) != 0;
}

void redirect(int stream, int file) { ::_dup2(file, stream); }

void redirect_to_nowhere(int stream) {
  const int nowhere = ::_wopen(L"NUL", _O_WRONLY | _O_NOINHERIT);
  if (nowhere < 0) return;
  ::_dup2(nowhere, stream);
  ::_close(nowhere);
}

}  // namespace gfnet::system
