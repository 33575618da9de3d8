#include "terminal/terminal.h"

#include <fmt/format.h>
#include <gfnet/text.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <utility>

#include "system/descriptor.h"
#include "system/standard_streams.h"
#include "system/variables.h"
#include "terminal/seconds_since.h"
#include "terminal/units.h"

namespace app {
namespace {

constexpr double kShowAfterSeconds = 0.5;
constexpr double kDrawEverySeconds = 0.1;
constexpr std::size_t kProgressColumns = 30;
/// Moves to the start of the line and clears it.
constexpr const char* kClearLine = "\r\033[K";

std::string duration(double seconds) {
  const auto whole = static_cast<long>(std::ceil(seconds));
  return whole >= 3600 ? fmt::format("{}:{:02}:{:02}", whole / 3600, whole / 60 % 60, whole % 60)
                       : fmt::format("{}:{:02}", whole / 60, whole % 60);
}

}  // namespace

void say_notice(const std::string& line) {
  std::fprintf(stderr, "gfnet: %s\n", gfnet::printable(line).c_str());
}

bool stdout_is_terminal() { return gfnet::system::is_terminal(gfnet::system::kStdout); }

bool can_show_status() {
  return gfnet::system::is_terminal(gfnet::system::kStderr) &&
         gfnet::system::variable("TERM") != "dumb";
}

void clear_status_line() {
  if (!can_show_status()) return;
  std::fputs(kClearLine, stderr);
  std::fflush(stderr);
}

gfnet::Error cannot_start_thread(const std::string& what, const std::system_error& error) {
  return gfnet::Error(
      fmt::format("{} cannot be started: {}; the system may limit the number of "
                  "processes and threads (ulimit -u)",
                  what, error.code().message()));
}

std::string bar(double share, std::size_t columns) {
  static constexpr std::array<const char*, 8> kParts{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"};
  const double clamped = std::clamp(std::isnan(share) ? 0.0 : share, 0.0, 1.0);
  const auto eighths =
      static_cast<std::size_t>(std::lround(clamped * static_cast<double>(columns) * 8));
  std::string text;
  for (std::size_t i = 0; i < eighths / 8; ++i) text += "█";
  text += kParts[eighths % 8];
  text.append(columns - gfnet::display_width(text), ' ');
  return text;
}

double Progress::seconds() const { return seconds_since(start_); }

void Progress::advance(std::uint64_t count, std::uint64_t total) {
  done_ += count;
  const double elapsed = seconds();
  const bool is_due = seconds_since(drawn_) >= kDrawEverySeconds;
  if (!can_show_status() || elapsed < kShowAfterSeconds || !is_due) return;
  const double rate = static_cast<double>(done_ - done_before_) / elapsed;
  const auto done = static_cast<double>(done_);
  const auto all = static_cast<double>(total);
  std::string line;
  const bool is_bytes = unit_ == Unit::kBytes;
  if (total == 0) {
    line = amount(done);
  } else {
    line = bar(done / all, kProgressColumns) + " ";
    line += is_bytes ? fmt::format("{}/{}", amount(done), amount(all))
                     : fmt::format("{}/{}", done_, total);
  }
  line += is_bytes ? fmt::format("  {:.1f} MB/s", rate / 1e6)
                   : fmt::format("  {:.1f} {}/s", rate, name());
  if (total > 0 && rate > 0) {
    line += fmt::format("  {} left", duration(std::max(all - done, 0.0) / rate));
  }
  line_.show(line);
  drawn_ = Clock::now();
}

std::string Progress::amount(double count) const {
  return unit_ == Unit::kBytes ? megabytes(static_cast<std::int64_t>(count))
                               : fmt::format("{} {}", static_cast<std::uint64_t>(count), name());
}

void StatusLine::show(std::string_view text) {
  if (!can_show_status()) return;
  std::fprintf(stderr, "%s%.*s", kClearLine, static_cast<int>(text.size()), text.data());
  std::fflush(stderr);
  shown_ = true;
}

void StatusLine::clear() {
  if (std::exchange(shown_, false)) clear_status_line();
}

}  // namespace app
