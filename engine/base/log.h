#pragma once

#include <string_view>

#include "gfnet/log.h"

namespace gfnet {

/// Logs one line, without a line break: passes it to the sink of set_log_sink(), or writes it to
/// stderr. Thread-safe. Throws nothing that the sink throws.
void log(LogLevel level, std::string_view line);

}  // namespace gfnet
