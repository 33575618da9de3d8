#pragma once

#include <string>

namespace app {

/// Whether the path is the system's name for a file that this process has open (/dev/stdout,
/// /dev/stderr, /dev/fd/N, /proc/self/fd/N), and everything written there is appended, as with
/// `--output /dev/stdout >> FILE`. What the file holds must stay then.
bool is_appended_stream(const std::string& path);

}  // namespace app
