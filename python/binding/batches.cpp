#include "batches.h"

#include <gfnet/error.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <utility>

#include "decode_ahead.h"

namespace binding {
namespace {

/// A batch is full, too, once its decoded images have this many bytes together.
constexpr std::size_t kMostBytes = std::size_t{512} << 20;
/// Batches at the device: one runs, one waits.
constexpr std::size_t kBatchesAtDevice = 2;

/// Memory of images that the device has got, for the next ones. New memory for a large image costs
/// the system about as much time as decoding it.
class PixelMemory {
 public:
  std::vector<std::uint8_t> take() {
    const std::lock_guard lock(mutex_);
    if (kept_.empty()) return {};
    std::vector<std::uint8_t> pixels = std::move(kept_.back());
    kept_.pop_back();
    return pixels;
  }
  void give_back(std::vector<std::uint8_t> pixels) {
    if (pixels.capacity() == 0) return;
    const std::lock_guard lock(mutex_);
    kept_.push_back(std::move(pixels));
  }

 private:
  std::mutex mutex_;  // guards what follows
  std::vector<std::vector<std::uint8_t>> kept_;
};

/// Images and, for each, its place among the sources. An image that is pixels of the caller's is a
/// view of them, and its entry in `images` is empty.
struct Batch {
  std::vector<std::size_t> places;
  std::vector<gfnet::Image> images;
  std::vector<gfnet::ImageView> views;

  std::size_t size() const { return places.size(); }
};

/// A part of a batch: the images from `first` to before `end`, moved.
Batch part_of(Batch& batch, std::size_t first, std::size_t end) {
  Batch part;
  for (std::size_t i = first; i < end; ++i) {
    part.places.push_back(batch.places[i]);
    part.images.push_back(std::move(batch.images[i]));  // its pixels stay where they are
    part.views.push_back(batch.views[i]);
  }
  return part;
}

class Run {
 public:
  Run(Device& device, std::span<const Source> sources, bool is_strict, const Stop& stop)
      : device_(device),
        sources_(sources),
        is_strict_(is_strict),
        stop_(stop),
        outcomes_(sources.size()),
        full_(device.batch),
        lock_(device.mutex, std::defer_lock) {
    options_.region = [&model = device.classifier.model()](std::uint32_t width,
                                                           std::uint32_t height) {
      return model.region_of(width, height);
    };
    options_.memory = [this](std::size_t) { return memory_.take(); };
  }
  /// Takes what is still at the device, so that the next call finds nothing of this one.
  ~Run() { drop_batches(); }
  Run(const Run&) = delete;
  Run& operator=(const Run&) = delete;

  std::vector<Outcome> outcomes() {
    const std::size_t count = sources_.size();
    std::optional<DecodeAhead> decoder;
    if (count > 1) {
      decoder.emplace(count, full_ + std::max(1u, std::thread::hardware_concurrency()),
                      [this](std::size_t place) { return image_of(place); });
    }
    Batch batch;
    std::size_t bytes = 0;
    for (std::size_t place = 0; place < count; ++place) {
      if (must_end()) return std::move(outcomes_);
      try {
        bytes += add(batch, place, decoder ? decoder->next() : Decoded{image_of(place), nullptr});
      } catch (...) {
        fail(place, std::current_exception());
      }
      if (batch.size() < full_ && bytes < kMostBytes) continue;
      start(std::exchange(batch, {}));
      bytes = 0;
    }
    start(std::move(batch));
    while (!at_device_.empty() && !must_end()) collect();
    return std::move(outcomes_);
  }

 private:
  bool must_end() const { return stop_.is_requested() || (is_strict_ && has_failed_); }

  void fail(std::size_t place, std::exception_ptr error) {
    outcomes_[place].error = std::move(error);
    has_failed_ = true;
  }

  /// Adds an image to a batch. An image that cannot be decoded takes no place in it, so that every
  /// batch but the last one is full. Returns the bytes of its pixels. Throws why there is none.
  std::size_t add(Batch& batch, std::size_t place, Decoded decoded) const {
    if (decoded.error) std::rethrow_exception(decoded.error);
    const auto* const pixels = std::get_if<gfnet::ImageView>(&sources_[place]);
    batch.places.push_back(place);
    batch.views.push_back(pixels != nullptr ? *pixels : gfnet::ImageView(decoded.image));
    batch.images.push_back(std::move(decoded.image));
    return batch.images.back().rgb.size();
  }

  gfnet::Image image_of(std::size_t place) const {
    if (std::holds_alternative<gfnet::ImageView>(sources_[place])) return {};
    gfnet::LoadOptions options = options_;
    if (sources_.size() > 1) options.name = "image " + std::to_string(place) + " in memory";
    return decode(sources_[place], std::move(options));
  }

  /// Gives a batch to the device. If memory runs out, in parts. If an image is too large for the
  /// device, only this image fails.
  void start(Batch batch) {
    if (batch.size() == 0 || must_end()) return;
    if (batch.size() > full_) return start_in_parts(batch, full_);
    if (!lock_.owns_lock()) lock_.lock();
    while (at_device_.size() >= kBatchesAtDevice) collect();
    try {
      if (submit(batch)) return;
    } catch (const gfnet::VulkanError& error) {
      if (!error.is_out_of_memory() || batch.size() == 1) throw;
      full_ = batch.size() / 2;
      return start_in_parts(batch, full_);
    }
    if (batch.size() > 1) start_in_parts(batch, 1);
  }

  /// Returns false if an image is too large for the device. If there is only one image, it has
  /// failed then.
  bool submit(Batch& batch) {
    device_.classifier.prepare(static_cast<std::int64_t>(batch.size()));
    try {  // errors after this concern single images
      device_.classifier.submit(batch.views);
    } catch (const gfnet::UnsupportedError&) {
      if (batch.size() == 1) fail(batch.places.front(), std::current_exception());
      return false;
    }
    for (gfnet::Image& image : batch.images) memory_.give_back(std::move(image.rgb));
    at_device_.push_back(std::move(batch.places));
    return true;
  }

  void start_in_parts(Batch& batch, std::size_t most) {
    for (std::size_t first = 0; first < batch.size(); first += most) {
      start(part_of(batch, first, std::min(first + most, batch.size())));
    }
  }

  /// Waits for the earliest batch at the device, and takes its results.
  void collect() {
    const std::vector<std::size_t> places = std::move(at_device_.front());
    at_device_.pop_front();
    std::vector<gfnet::Classification> results = device_.classifier.collect();
    for (std::size_t i = 0; i < places.size(); ++i) {
      if (const char* const fault = gfnet::fault_of(results[i])) {
        fail(places[i], std::make_exception_ptr(gfnet::Error(fault)));
      } else {
        outcomes_[places[i]].result = std::move(results[i]);
      }
    }
  }

  void drop_batches() {
    for (std::size_t left = at_device_.size(); left > 0; --left) {
      try {
        device_.classifier.collect();
      } catch (const std::exception&) {
        // Whoever uses the device next gets the same error.
      }
    }
  }

  Device& device_;
  std::span<const Source> sources_;
  bool is_strict_;
  const Stop& stop_;
  std::vector<Outcome> outcomes_;
  std::size_t full_;
  PixelMemory memory_;
  gfnet::LoadOptions options_;
  bool has_failed_ = false;
  std::unique_lock<std::mutex> lock_;
  std::deque<std::vector<std::size_t>> at_device_;  // the places of each batch's images
};

}  // namespace

std::vector<Outcome> classify_in_batches(Device& device, std::span<const Source> sources,
                                         bool is_strict, const Stop& stop) {
  return Run(device, sources, is_strict, stop).outcomes();
}

}  // namespace binding
