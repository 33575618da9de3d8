#pragma once

#include <gfnet/image.h>

#include <condition_variable>
#include <cstddef>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>
#include <vector>

namespace binding {

/// A decoded image, or why there is none.
struct Decoded {
  gfnet::Image image;
  std::exception_ptr error;
};

/// Decodes images on all cores, ahead of the thread that takes them, which gets them in order.
class DecodeAhead {
 public:
  /// Decodes the image of a place. Called by several threads.
  using Decode = std::function<gfnet::Image(std::size_t place)>;

  /// Decodes the images of the places 0 … count − 1. ahead: how many may be decoded and not taken.
  /// Throws std::system_error if no thread can be started.
  DecodeAhead(std::size_t count, std::size_t ahead, Decode decode);
  /// Waits for the images that are being decoded.
  ~DecodeAhead();
  DecodeAhead(const DecodeAhead&) = delete;
  DecodeAhead& operator=(const DecodeAhead&) = delete;

  /// Waits for the next image and returns it. Must not be called more than `count` times.
  Decoded next();

 private:
  struct Slot {
    bool is_done = false;
    Decoded decoded;
  };

  void run();
  bool has_room() const;
  Decoded decoded(std::size_t place) const;

  std::size_t count_;
  Decode decode_;
  std::mutex mutex_;  // guards what follows
  std::condition_variable done_;
  std::condition_variable room_;
  std::vector<Slot> slots_;
  std::size_t started_ = 0;
  std::size_t taken_ = 0;
  std::size_t bytes_ = 0;  // of the images in slots_
  bool is_ending_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace binding
