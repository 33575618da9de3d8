// An image in any format, through the public call.
#include <cstdint>
#include <cstdlib>

#include "fuzz_input.h"
#include "gfnet/error.h"
#include "gfnet/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  // Larger images have a limit of their own, far above a fuzzer's.
  struct TooLarge {};
  constexpr std::uint64_t kMostPixels = 1 << 24;
  gfnet::LoadOptions options;
  options.apply_orientation = true;
  options.before_pixels = [](std::uint32_t width, std::uint32_t height) {
    if (std::uint64_t{width} * height > kMostPixels) throw TooLarge();
  };
  try {
    const gfnet::Image image = gfnet::decode_image(gfnet::test::bytes_of(data, size), options);
    if (image.rgb.size() != std::size_t{3} * image.width * image.height) std::abort();
  } catch (const gfnet::FormatError&) {
  } catch (const TooLarge&) {
  }
  return 0;
}
