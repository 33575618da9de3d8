#pragma once

#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/error.h"

/// The version of the library, and what it logs. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// The version of the library, such as "0.1.0". Always valid.
GFNET_API const char* gfnet_version(void) GFNET_NOEXCEPT;

enum { GFNET_LOG_DEBUG = 0, GFNET_LOG_INFO = 1, GFNET_LOG_WARNING = 2 };

/// Receives a line that the library logs, without line break. line: valid during the call. data: as
/// given to gfnet_set_log_sink().
typedef void (*gfnet_log_sink)(int32_t level, const char* line, void* data);

/// Sends every line that the library logs to `sink`. sink: NULL sends lines to stderr again. data:
/// may be NULL. The sink may be called from any thread, one call at a time. It must return, without
/// exception and longjmp, and must not wait for another thread that uses the library. When this
/// call returns, no other thread runs the earlier sink.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_set_log_sink(gfnet_log_sink sink,
                                                         void* data) GFNET_NOEXCEPT;

GFNET_C_END
