#include "base/log.h"

#include <cstdio>
#include <cstdlib>
#include <string>

namespace gfnet {
namespace {

LogLevel level_from_environment() {
  const char* value = std::getenv("GFNET_LOG");
  const std::string_view text = value != nullptr ? value : "";
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (!text.empty() && text != "warning") {
    std::fprintf(stderr, "gfnet: GFNET_LOG is neither info nor debug; only warnings are printed\n");
  }
  return LogLevel::kWarning;
}

}  // namespace

void log(LogLevel level, std::string_view text) {
  static const LogLevel threshold = level_from_environment();
  if (level < threshold) return;
  std::string line = "gfnet: ";
  line += text;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: lines of threads do not mix
}

}  // namespace gfnet
