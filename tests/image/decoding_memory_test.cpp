// The limit for all images that are decoded at the same time.
#include "image/decoding_memory.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <future>
#include <latch>
#include <thread>
#include <vector>

#include "fixtures.h"
#include "gfnet/error.h"
#include "gfnet/image.h"
#include "image/decode.h"

namespace {

using namespace gfnet::test;
using gfnet::image::DecodingMemory;
using gfnet::image::DecodingShare;
using namespace std::chrono_literals;

/// Counts what is held at a moment, and the most.
class Gauge {
 public:
  void add(std::size_t bytes) {
    const std::size_t now = held_ += bytes;
    std::size_t most = most_;
    while (now > most && !most_.compare_exchange_weak(most, now)) {
    }
  }
  void subtract(std::size_t bytes) { held_ -= bytes; }
  std::size_t most() const { return most_; }

 private:
  std::atomic<std::size_t> held_ = 0;
  std::atomic<std::size_t> most_ = 0;
};

/// Whether the function is still waiting after a while.
template <typename Function>
bool waits(std::future<Function>& future) {
  return future.wait_for(30ms) == std::future_status::timeout;
}

TEST_CASE("shares never exceed the limit together, whatever their order") {
  DecodingMemory memory(1000);
  Gauge gauge;
  std::vector<std::thread> threads;
  std::atomic<int> rounds = 0;
  for (std::size_t i = 0; i < 8; ++i) {
    threads.emplace_back([&, i] {
      for (std::size_t round = 0; round < 300; ++round, ++rounds) {
        DecodingShare share(memory);
        const std::size_t first = 1 + (i * 131 + round * 37) % 1000;
        share.hold(first);
        gauge.add(first);
        gauge.subtract(first);
        const std::size_t second = 1 + (i * 17 + round * 211) % 1000;
        share.hold(second);  // in place of the first
        gauge.add(second);
        std::this_thread::yield();
        gauge.subtract(second);
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  CHECK(rounds == 8 * 300);
  CHECK(gauge.most() <= 1000);
  CHECK(gauge.most() > 0);
}

TEST_CASE("a share above the limit waits until it is alone, and is not overtaken") {
  DecodingMemory memory(100);
  auto first = std::make_unique<DecodingShare>(memory);
  first->hold(10);
  auto large = std::make_unique<DecodingShare>(memory);
  auto large_done = std::async(std::launch::async, [&] { large->hold(500); });
  CHECK(waits(large_done));
  auto small = std::make_unique<DecodingShare>(memory);
  auto small_done = std::async(std::launch::async, [&] { small->hold(10); });
  CHECK(waits(small_done));  // though it would fit beside the first
  first.reset();
  large_done.get();
  CHECK(waits(small_done));
  large.reset();
  small_done.get();
}

TEST_CASE("a higher limit lets waiting shares go on, and a lower one keeps what is held") {
  DecodingMemory memory(100);
  DecodingShare first(memory);
  first.hold(80);
  DecodingShare second(memory);
  auto second_done = std::async(std::launch::async, [&] { second.hold(80); });
  CHECK(waits(second_done));
  memory.set_limit(160);
  second_done.get();
  memory.set_limit(10);
  auto third = std::make_unique<DecodingShare>(memory);
  auto third_done = std::async(std::launch::async, [&] { third->hold(5); });
  CHECK(waits(third_done));
  memory.set_limit(165);
  third_done.get();
}

TEST_CASE("images that fail or are refused give their share back") {
  auto& memory = gfnet::image::decoding_memory();
  for (const char* name : {"rgb.png", "rgb.jpg", "rgb.tga", "rgb.bmp", "palette.gif", "rgb.ppm"}) {
    auto cut = read_bytes(image_data_folder() / name);
    cut.resize(cut.size() * 3 / 4);
    CHECK_THROWS_AS(gfnet::image::decode_image(cut, "cut"), gfnet::FormatError);
    const auto whole = read_bytes(image_data_folder() / name);
    CHECK_THROWS_AS(gfnet::image::decode_image(whole, "whole", {.max_pixels = 37}),
                    gfnet::FormatError);
  }
  // Only if nothing is held, a share above the limit does not wait.
  DecodingShare all(memory);
  auto done = std::async(std::launch::async, [&] { all.hold(std::size_t{1} << 40); });
  CHECK(done.wait_for(10s) == std::future_status::ready);
}

TEST_CASE("images wait for one another at a limit of one byte, and all are decoded") {
  gfnet::set_decoding_memory(1);
  const auto path = image_data_folder() / "rgb.jpg";
  const gfnet::Image expected = gfnet::load_image(path);
  std::vector<std::future<gfnet::Image>> images;
  for (int i = 0; i < 16; ++i) {
    images.push_back(std::async(std::launch::async, [&path] { return gfnet::load_image(path); }));
  }
  for (auto& image : images) CHECK(image.get().rgb == expected.rgb);

  // While a share holds the memory, no image is decoded.
  auto share = std::make_unique<DecodingShare>(gfnet::image::decoding_memory());
  share->hold(1);
  auto image = std::async(std::launch::async, [&path] { return gfnet::load_image(path); });
  CHECK(waits(image));
  share.reset();
  CHECK(image.get().rgb == expected.rgb);
  gfnet::set_decoding_memory(std::size_t{1} << 31);
}

}  // namespace
