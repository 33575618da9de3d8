#pragma once

#include <string_view>

namespace gfnet {

enum class LogLevel { kDebug, kInfo, kWarning };

/// Writes one line to stderr: "gfnet: TEXT". What is below the level of GFNET_LOG (debug, info,
/// warning; warning if not set) is left out. Thread-safe.
void log(LogLevel level, std::string_view text);

}  // namespace gfnet
