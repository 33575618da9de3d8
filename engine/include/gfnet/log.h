#pragma once

#include <functional>
#include <string_view>

#include "gfnet/export.h"

/// What the engine logs: how it chose kernels, and caches that it cannot read or write. Errors are
/// thrown, not logged.
namespace gfnet {

enum class LogLevel { kDebug, kInfo, kWarning };

/// A function that receives each line that the engine logs. The line has no line break.
using LogSink = std::function<void(LogLevel level, std::string_view line)>;

/// Sends every line that the engine logs to `sink`, whatever its level. If `sink` is null, lines go
/// to stderr again, as at the start of the program. On stderr, "gfnet: " precedes each line, and
/// lines below the level in $GFNET_LOG (debug, info or warning; default: warning) are dropped.
///
/// Thread-safe. The engine may call the sink from any thread, but from one thread at a time. When
/// set_log_sink() returns, no other thread runs the earlier sink any more. The sink may call
/// the engine and set_log_sink() itself. It must not wait for another thread that uses the engine,
/// because that thread may wait for the sink. An exception that the sink throws is ignored.
GFNET_API void set_log_sink(LogSink sink);

}  // namespace gfnet
