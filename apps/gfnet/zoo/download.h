#pragma once

#include <string>

#include "zoo/part_file.h"

namespace app {

/// Downloads an http or https address into `part` and shows progress. If an earlier call for the
/// same address stopped early, continues there. This needs a server that supports it and still has
/// the same file; otherwise the download starts again.
///
/// Returns an empty text if `part` now holds the whole file. If SIGINT or SIGTERM ended the
/// download (terminal/interrupt.h), returns how far the download came: "after 10.0 MB of 61.3 MB".
/// Throws gfnet::FormatError if `part` cannot be written. Throws gfnet::Error if the server cannot
/// be reached or does not send the file; the error names the cause but not the address. The bytes
/// that have arrived stay in `part`, also after an error.
[[nodiscard]] std::string download(const std::string& address, PartFile& part);

}  // namespace app
