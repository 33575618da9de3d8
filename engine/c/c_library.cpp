#include <string>

#include "c/c_errors.h"
#include "gfnet/c/library.h"
#include "gfnet/libraries.h"
#include "gfnet/log.h"

using namespace gfnet::c;

static_assert(GFNET_LOG_WARNING == static_cast<int>(gfnet::LogLevel::kWarning));

const char* gfnet_version() noexcept { return gfnet::version(); }

gfnet_error* gfnet_set_log_sink(gfnet_log_sink sink, void* data) noexcept {
  return guarded([&] {
    if (sink == nullptr) return gfnet::set_log_sink(nullptr);
    gfnet::set_log_sink([sink, data](gfnet::LogLevel level, std::string_view line) {
      sink(static_cast<std::int32_t>(level), std::string(line).c_str(), data);
    });
  });
}
