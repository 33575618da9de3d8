// Memory of images that is used again.
#include "job/pixel_memory.h"

#include <doctest/doctest.h>

#include <utility>

namespace {

constexpr std::size_t kMiB = std::size_t{1} << 20;

}  // namespace

TEST_CASE("memory is given to images that fill at least four fifths of it") {
  app::PixelMemory memory;
  CHECK(memory.take(5 * kMiB).capacity() == 0);
  std::vector<std::uint8_t> pixels(10 * kMiB);
  const std::uint8_t* const block = pixels.data();
  memory.give_back(std::move(pixels));
  CHECK(memory.take(10 * kMiB + 1).capacity() == 0);
  CHECK(memory.take(7 * kMiB).capacity() == 0);
  CHECK(memory.take(8 * kMiB).data() == block);
  CHECK(memory.take(8 * kMiB).capacity() == 0);
}

TEST_CASE("the latest memory is given first, and no more than 256 MiB is kept") {
  app::PixelMemory memory;
  std::vector<const std::uint8_t*> blocks;
  for (int i = 0; i < 5; ++i) {
    std::vector<std::uint8_t> pixels;
    pixels.reserve(60 * kMiB);
    blocks.push_back(pixels.data());
    memory.give_back(std::move(pixels));
  }
  for (int i = 4; i > 0; --i)
    CHECK(memory.take(60 * kMiB).data() == blocks[static_cast<std::size_t>(i)]);
  CHECK(memory.take(60 * kMiB).capacity() == 0);  // the earliest was freed

  std::vector<std::uint8_t> huge;
  huge.reserve(257 * kMiB);
  memory.give_back(std::move(huge));
  CHECK(memory.take(257 * kMiB).capacity() == 0);
  memory.give_back(std::vector<std::uint8_t>(1000));
  CHECK(memory.take(1000).capacity() == 0);
}
