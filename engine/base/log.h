#pragma once

#include <string_view>

namespace gfnet {

enum class LogLevel { kDebug, kInfo, kWarning };

/// Writes one line to stderr: "gfnet: TEXT". Lines below the level in $GFNET_LOG (debug, info or
/// warning; default: warning) are dropped. Thread-safe.
void log(LogLevel level, std::string_view text);

}  // namespace gfnet
