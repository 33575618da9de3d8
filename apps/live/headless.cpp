#include <gfnet/text.h>

#include <algorithm>
#include <cstdio>
#include <nlohmann/json.hpp>
#include <thread>

#include "capture.h"
#include "live.h"

namespace live {
namespace {

constexpr auto kInterruptInterval = std::chrono::milliseconds(20);

std::string json_row(const LabelledFrame& labelled, std::int64_t dropped) {
  nlohmann::ordered_json row;
  row["frame"] = labelled.frame.index;
  row["seconds"] = labelled.frame.seconds;
  row["latency_ms"] = labelled.latency_s * 1e3;
  row["dropped"] = dropped;
  for (const gfnet::Prediction& p : labelled.result.top) {
    nlohmann::ordered_json prediction{{"class", p.index}, {"label", p.label}};
    if (!p.synset.empty()) prediction["synset"] = p.synset;
    prediction["probability"] = p.probability;
    row["predictions"].push_back(std::move(prediction));
  }
  return row.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

std::string text_row(const LabelledFrame& labelled) {
  char text[96];
  std::snprintf(text, sizeof text, "%6lld  %8.2f s  %7.1f ms ",
                static_cast<long long>(labelled.frame.index), labelled.frame.seconds,
                labelled.latency_s * 1e3);
  std::string row = text;
  for (const gfnet::Prediction& p : labelled.result.top) {
    std::snprintf(text, sizeof text, " %.1f %%", p.probability * 100.0);
    row += (&p == labelled.result.top.data() ? " " : ", ") + p.short_label + text;
  }
  return row;
}

class Printer {
 public:
  Printer(const HeadlessOptions& options, const FrameExchange& exchange)
      : options_(options), exchange_(exchange) {}

  /// Whether more are wanted.
  bool print(const LabelledFrame& labelled) {
    latencies_.push_back(labelled.latency_s);
    const std::string row =
        options_.json ? json_row(labelled, exchange_.dropped()) : text_row(labelled);
    std::puts(row.c_str());
    // Whoever reads along wants each as it comes. A full disk is noticed at the end as well.
    if (std::fflush(stdout) != 0) return false;
    return options_.frames == 0 || static_cast<std::int64_t>(latencies_.size()) < options_.frames;
  }

  /// Once the labelling has ended.
  void summarize(const std::string& device, double elapsed_s) {
    std::ranges::sort(latencies_);
    const std::size_t count = latencies_.size();
    std::fprintf(stderr, "%zu labelled, %lld dropped in %.2f s (%.1f frames/s)", count,
                 static_cast<long long>(exchange_.dropped()), elapsed_s,
                 elapsed_s > 0 ? static_cast<double>(count) / elapsed_s : 0.0);
    if (count > 0) {
      std::fprintf(stderr, ", latency %.1f ms, 95 %% below %.1f ms", latencies_[count / 2] * 1e3,
                   latencies_[(count * 95) / 100] * 1e3);
    }
    std::fprintf(stderr, " on %s\n", device.c_str());
  }

 private:
  const HeadlessOptions& options_;
  const FrameExchange& exchange_;
  std::vector<double> latencies_;
};

}  // namespace

std::vector<std::string> run_headless(const Options& options, const HeadlessOptions& headless) {
  gfnet::SharedDevice::ValidationLog log;
  {
    gfnet::SharedDeviceOptions shared;
    shared.device = options.classifier.device;
    const gfnet::SharedDevice device(shared);
    log = device.validation_log();
    const bool every = kind_of(options.source) == SourceKind::kFile && !headless.real_time;
    FrameExchange exchange(every ? FrameExchange::Policy::kEvery : FrameExchange::Policy::kNewest);
    Printer printer(headless, exchange);
    const Clock::time_point start = Clock::now();
    // What cannot be opened is said before a model is loaded.
    const Capture capture(device, options.source, {!every, options.loop}, exchange);
    {
      const Labelling labelling(
          device, options.models, options.classifier, exchange,
          [&](const LabelledFrame& labelled) { return printer.print(labelled); });
      while (!labelling.is_done() && !options.interrupted()) {
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
