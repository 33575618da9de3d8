#include "gfnet/log.h"

#include <doctest/doctest.h>

#include <atomic>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include "base/cache_file.h"
#include "base/log.h"
#include "support/captured_stderr.h"
#include "support/random.h"

namespace {

using namespace gfnet;

/// Sends lines to stderr again at the end of a test case.
struct RestoredSink {
  ~RestoredSink() { set_log_sink(nullptr); }
};

TEST_CASE("a sink receives every line of every level, and stderr none") {
  test::Random random;
  CAPTURE(random.seed());
  const RestoredSink restored;
  const test::CapturedStderr captured;
  std::vector<std::pair<LogLevel, std::string>> lines;
  set_log_sink([&](LogLevel level, std::string_view line) { lines.emplace_back(level, line); });
  std::vector<std::pair<LogLevel, std::string>> expected;
  for (int i = 0; i < 20; ++i) {
    const auto level = static_cast<LogLevel>(random.integer(0, 2));
    expected.emplace_back(level, "line " + std::to_string(random.integer(0, 1 << 20)));
    log(level, expected.back().second);
  }
  CHECK(lines == expected);
  CHECK(captured.text().empty());

  set_log_sink(nullptr);
  log(LogLevel::kWarning, "after");
  CHECK(lines == expected);
  CHECK(captured.text() == "gfnet: after\n");
}

TEST_CASE("a sink receives what a room of the engine logs") {
  const RestoredSink restored;
  const test::TemporaryDirectory directory;
  std::filesystem::create_directories(directory.path());
  const std::filesystem::path path = directory.path() / "damaged.bin";
  std::ofstream(path) << "not a cache file";
  std::vector<std::string> lines;
  set_log_sink([&](LogLevel level, std::string_view line) {
    CHECK(level == LogLevel::kWarning);
    lines.emplace_back(line);
  });
  CHECK(!read_cache_file(path, "key"));
  REQUIRE(lines.size() == 1);
  CHECK(lines.front().starts_with(path.string() + ": "));
  CHECK(lines.front().find('\n') == std::string::npos);
}

TEST_CASE("threads: one call at a time, no line lost, none after the sink was replaced") {
  const RestoredSink restored;
  constexpr int kThreads = 4;
  constexpr int kLines = 500;
  std::vector<std::string> first;
  std::vector<std::string> second;
  std::atomic<int> inside = 0;
  std::atomic<bool> overlapped = false;
  const auto into = [&](std::vector<std::string>& lines) {
    return [&](LogLevel, std::string_view line) {
      if (inside.fetch_add(1) != 0) overlapped = true;
      lines.emplace_back(line);
      inside.fetch_sub(1);
    };
  };
  set_log_sink(into(first));
  std::vector<std::thread> threads;
  for (int t = 0; t < kThreads; ++t) {
    threads.emplace_back([t] {
      for (int i = 0; i < kLines; ++i) {
        log(LogLevel::kInfo, std::to_string(t) + "." + std::to_string(i));
      }
    });
  }
  set_log_sink(into(second));
  // From here on no thread may touch `first`.
  const std::vector<std::string> at_replacement = first;
  for (std::thread& thread : threads) thread.join();
  CHECK(first == at_replacement);
  CHECK(!overlapped);

  std::vector<std::string> received = first;
  received.insert(received.end(), second.begin(), second.end());
  std::vector<std::string> expected;
  for (int t = 0; t < kThreads; ++t) {
    for (int i = 0; i < kLines; ++i)
      expected.push_back(std::to_string(t) + "." + std::to_string(i));
  }
  std::ranges::sort(received);
  std::ranges::sort(expected);
  CHECK(received == expected);
}

TEST_CASE("a sink may throw, log and replace itself") {
  const RestoredSink restored;
  set_log_sink([](LogLevel, std::string_view) { throw std::runtime_error("from the sink"); });
  CHECK_NOTHROW(log(LogLevel::kWarning, "lost"));

  std::vector<std::string> lines;
  set_log_sink([&lines, own = std::string("own")](LogLevel, std::string_view line) {
    set_log_sink([&lines](LogLevel, std::string_view later) {
      lines.push_back("next: " + std::string(later));
    });
    log(LogLevel::kDebug, "nested");
    // The sink's own state lives until it returns.
    lines.push_back(own + ": " + std::string(line));
  });
  log(LogLevel::kInfo, "a");
  log(LogLevel::kInfo, "b");
  CHECK(lines == std::vector<std::string>{"next: nested", "own: a", "next: b"});
}

}  // namespace
