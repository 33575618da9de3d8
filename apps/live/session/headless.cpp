#include <fmt/format.h>

#include <algorithm>
#include <cstdio>
#include <thread>

#include "labelling/capture.h"
#include "labelling/result_rows.h"
#include "session/live.h"

namespace live {
namespace {

constexpr auto kInterruptInterval = std::chrono::milliseconds(20);

class Printer {
 public:
  Printer(const HeadlessOptions& options, const Capture& capture)
      : options_(options), capture_(capture) {}

  /// Prints a result. Returns false if this was the last requested result, or if stdout cannot be
  /// written.
  bool print(const LabelledFrame& labelled) {
    latencies_.push_back(labelled.latency_s);
    const std::string row =
        options_.json ? json_row(labelled, capture_.status().dropped) : text_row(labelled);
    std::puts(row.c_str());
    // Flush for readers of a pipe. A write error, such as a full disk, is also reported at the end.
    if (std::fflush(stdout) != 0) return false;
    return options_.frames == 0 || static_cast<std::int64_t>(latencies_.size()) < options_.frames;
  }

  /// Prints the totals on stderr. Must be called after the labelling has ended.
  void summarize(const std::string& device, double elapsed_s) {
    std::ranges::sort(latencies_);
    const std::size_t count = latencies_.size();
    std::string text = fmt::format("{} labelled, {} dropped in {:.2f} s ({:.1f} frames/s)", count,
                                   capture_.status().dropped, elapsed_s,
                                   elapsed_s > 0 ? static_cast<double>(count) / elapsed_s : 0.0);
    if (count > 0) {
      text += fmt::format(", latency {:.1f} ms, 95 % below {:.1f} ms", latencies_[count / 2] * 1e3,
                          latencies_[(count * 95) / 100] * 1e3);
    }
    std::fputs(fmt::format("{} on {}\n", text, device).c_str(), stderr);
  }

 private:
  const HeadlessOptions& options_;
  const Capture& capture_;
  std::vector<double> latencies_;
};

/// Reports on stderr when a source is lost and when it is back.
class LossNotices {
 public:
  void look_at(const Capture::Status& status) {
    const bool is_lost = status.condition == Capture::Condition::kLost;
    if (is_lost == was_lost_) return;
    was_lost_ = is_lost;
    const std::string text = is_lost ? loss_of(status) : status.source + " is back";
    std::fprintf(stderr, "gfnet: %s\n", gfnet::printable(text).c_str());
  }

 private:
  bool was_lost_ = false;
};

}  // namespace

std::vector<std::string> run_headless(const Options& options, const HeadlessOptions& headless) {
  gfnet::SharedDevice::ValidationLog log;
  {
    gfnet::SharedDeviceOptions shared;
    shared.device = options.classifier.device;
    const gfnet::SharedDevice device(shared);
    log = device.validation_log();
    const Clock::time_point start = Clock::now();
    // First the source: its errors are reported before a model is loaded.
    Capture capture(
        device, options.source,
        {.every = !headless.real_time, .loop = options.loop, .interrupted = options.interrupted});
    Printer printer(headless, capture);
    {
      const Labelling labelling(
          device, options.models, options.classifier, capture.exchange(),
          [&](const LabelledFrame& labelled) { return printer.print(labelled); });
      LossNotices notices;
      while (!labelling.is_done() && !options.interrupted()) {
        notices.look_at(capture.status());
        std::this_thread::sleep_for(kInterruptInterval);
      }
      labelling.check();
    }
    printer.summarize(device.description().name, seconds_since(start));
    capture.check();
  }
  return log.messages();
}

}  // namespace live
