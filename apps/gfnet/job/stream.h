#pragma once

#include <cstddef>
#include <string>
#include <vector>

namespace app {

/// Whether a read of the file may wait for ever: it is a pipe, a device, or a file without a size,
/// such as /proc/kmsg. False if there is no such file.
bool may_wait(const std::string& path);

/// Reads such a file to its end. Gives up as soon as wait_for_input() returns false. Throws
/// gfnet::FormatError if the file cannot be read, is larger than 1 GiB, or did not end before this
/// function gave up.
std::vector<std::byte> read_stream(const std::string& path);

}  // namespace app
