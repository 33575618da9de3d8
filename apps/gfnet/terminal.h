#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>

namespace app {

bool stdout_is_terminal();
bool stderr_is_terminal();

/// Columns that UTF-8 text takes; every character counts one.
std::size_t display_width(std::string_view text);
/// Pads with spaces, or cuts and ends with "…".
std::string fit(std::string_view text, std::size_t columns);
/// A bar of `columns` columns of which `share` (0…1) is filled, in steps of an eighth of a column.
std::string bar(double share, std::size_t columns);

/// A line on stderr that says what is being done, if stderr is a terminal.
class StatusLine {
 public:
  ~StatusLine() { clear(); }
  StatusLine() = default;
  StatusLine(const StatusLine&) = delete;
  StatusLine& operator=(const StatusLine&) = delete;

  /// In the place of what it said before.
  void show(std::string_view text);
  void clear();

 private:
  bool shown_ = false;
};

/// To be announced before the first results; fits 80 columns.
constexpr std::string_view kGettingReady =
    "getting ready; a model's first run on a device takes longest";

/// A line on stderr that shows how far a long task has come. Nothing is shown when stderr is no
/// terminal, and no progress while the task is younger than a moment.
class Progress {
 public:
  enum class Unit { kImages, kRows, kBytes };

  /// done: what an earlier run did.
  explicit Progress(Unit unit = Unit::kImages, std::uint64_t done = 0)
      : unit_(unit), done_before_(done), done_(done) {}
  Progress(const Progress&) = delete;
  Progress& operator=(const Progress&) = delete;

  /// Says what is done before the first advance().
  void announce(std::string_view text) { line_.show(text); }
  /// total: of the whole task, or 0 while that is not known.
  void advance(std::uint64_t count, std::uint64_t total);
  /// Takes the line away, for other output.
  void clear() { line_.clear(); }

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
