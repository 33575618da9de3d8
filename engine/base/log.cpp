#include "base/log.h"

#include <cstdio>
#include <memory>
#include <mutex>
#include <string>

#include "system/variables.h"

namespace gfnet {
namespace {

LogLevel level_from_environment() {
  const std::string text = system::variable("GFNET_LOG").value_or("");
  if (text == "debug") return LogLevel::kDebug;
  if (text == "info") return LogLevel::kInfo;
  if (!text.empty() && text != "warning") {
    std::fprintf(stderr, "gfnet: GFNET_LOG is neither info nor debug; only warnings are printed\n");
  }
  return LogLevel::kWarning;
}

void write_to_stderr(LogLevel level, std::string_view text) {
  static const LogLevel threshold = level_from_environment();
  if (level < threshold) return;
  std::string line = "gfnet: ";
  line += text;
  line += '\n';
  std::fwrite(line.data(), 1, line.size(), stderr);  // one call: lines of threads do not mix
}

/// Holds the sink that set_log_sink() was given. `sink` is null if log lines go to stderr.
struct CurrentSink {
  /// Locked while the sink runs. Recursive, so that the sink may call log() and set_log_sink().
  std::recursive_mutex mutex;
  std::shared_ptr<const LogSink> sink;
};

CurrentSink& current() {
  // Never destroyed: objects with static storage may log in their destructors.
  static CurrentSink& sink = *new CurrentSink;
  return sink;
}

}  // namespace

void set_log_sink(LogSink sink) {
  auto replacement = sink ? std::make_shared<const LogSink>(std::move(sink)) : nullptr;
  const std::scoped_lock lock(current().mutex);
  current().sink.swap(replacement);
}

void log(LogLevel level, std::string_view line) {
  const std::scoped_lock lock(current().mutex);
  // A copy: the sink may replace itself while it runs.
  const std::shared_ptr<const LogSink> sink = current().sink;
  if (!sink) return write_to_stderr(level, line);
  try {
    (*sink)(level, line);
  } catch (...) {
    // A line that cannot be logged must not stop the work that it is about.
  }
}

}  // namespace gfnet
