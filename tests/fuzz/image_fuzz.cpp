// An image in any format, through the public call.
#include <cstdlib>

#include "fuzz_input.h"
#include "gfnet/error.h"
#include "gfnet/image.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  try {
    const gfnet::Image image =
        gfnet::decode_image(gfnet::test::bytes_of(data, size), {.apply_orientation = true});
    if (image.rgb.size() != std::size_t{3} * image.width * image.height) std::abort();
    // Bytes that nobody wrote would be found here, under the memory sanitizer.
    std::uint8_t all = 0;
    for (const std::uint8_t sample : image.rgb) all |= sample;
    if (all == 0 && image.rgb.empty()) std::abort();
  } catch (const gfnet::FormatError&) {
  }
  return 0;
}
