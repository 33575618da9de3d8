#pragma once

#include <gfnet/error.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <system_error>

namespace app {

bool stdout_is_terminal();

/// Whether a line on stderr can be replaced: stderr is a terminal, and TERM does not say that the
/// terminal knows no control sequences ("dumb", as in some editors).
bool can_show_status();
/// Clears the line of a StatusLine, if stderr can show one. For the end of the process: the
/// StatusLine does not know.
void clear_status_line();

/// Writes "gfnet: LINE" to stderr, with control characters escaped.
void say_notice(const std::string& line);

/// The error for a thread that the system does not start. what: the thread, by its work.
gfnet::Error cannot_start_thread(const std::string& what, const std::system_error& error);

/// A bar as text, `columns` columns wide. The fraction `share` (0…1) of the bar is filled, in steps
/// of an eighth of a column.
std::string bar(double share, std::size_t columns);

/// A line on stderr for the current activity. Shown only if can_show_status().
class StatusLine {
 public:
  ~StatusLine() { clear(); }
  StatusLine() = default;
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// Replaces the text of the line.
  void show(std::string_view text);
  void clear();

 private:
  bool shown_ = false;
};

/// Text to show before the first results; fits into 80 columns.
constexpr std::string_view kGettingReady =
    "getting ready; a model's first run on a device takes longest";

/// A line on stderr with the progress of a long task. The line is shown only if can_show_status().
/// During the first half second, the line shows no progress.
class Progress {
 public:
  enum class Unit { kImages, kRows, kBytes };

  /// done: number of units that an earlier run has completed.
  explicit Progress(Unit unit = Unit::kImages, std::uint64_t done = 0)
      : unit_(unit), done_before_(done), done_(done) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Shows a text, for example kGettingReady, until advance() first shows progress.
  void announce(std::string_view text) { line_.show(text); }
  /// count: units done since the last call. total: units of the whole task, or 0 while the total is
  /// not known.
  void advance(std::uint64_t count, std::uint64_t total);
  /// Clears the line, so that other output can be written.
  void clear() { line_.clear(); }

  /// Seconds since this object was constructed.
  double seconds() const;

 private:
  using Clock = std::chrono::steady_clock;

  std::string amount(double count) const;
  const char* name() const { return unit_ == Unit::kRows ? "rows" : "images"; }

  Unit unit_;
  std::uint64_t done_before_;
  std::uint64_t done_;
  StatusLine line_;
  Clock::time_point start_ = Clock::now();
  Clock::time_point drawn_{};
};

}  // namespace app
