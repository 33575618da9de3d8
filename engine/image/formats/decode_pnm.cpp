#include <algorithm>
#include <cctype>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

/// The header of a PNM file. largest_sample: the sample value of full brightness.
struct PnmHeader {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  std::uint64_t largest_sample = 0;
};

PnmHeader read_pnm_header(Bytes bytes) {
  std::size_t position = 2;  // after the magic number
  const auto next_number = [&] {
    while (position < bytes.size() &&
           (std::isspace(bytes[position]) != 0 || bytes[position] == '#')) {
      if (bytes[position] == '#') {
        while (position < bytes.size() && bytes[position] != '\n') ++position;
      } else {
        ++position;
      }
    }
    std::uint64_t number = 0;
    const std::size_t start = position;
    // Twelve digits exceed every limit and cannot overflow.
    for (; position < bytes.size() && position < start + 12 && std::isdigit(bytes[position]) != 0;
         ++position) {
      number = number * 10 + (bytes[position] - '0');
    }
    if (position == start) throw DecodeFailure{"corrupt PNM: the header lacks a number"};
    return number;
  };
  PnmHeader header;
  header.width = next_number();
  header.height = next_number();
  header.largest_sample = next_number();
  return header;
}

}  // namespace

/// Decodes with stb_image and corrects two faults of stb_image: numbers in the header can overflow
/// an int, and 255 is always full brightness, even if the header gives another value.
Image decode_pnm(Bytes file, const DecodeOptions& options) {
  const PnmHeader header = read_pnm_header(file);
  check_extent(header.width, header.height, file.size(), options);
  const std::uint64_t largest = header.largest_sample;
  if (largest > 255) throw DecodeFailure{"PNM with 16-bit samples is not supported"};
  if (largest == 0) throw DecodeFailure{"corrupt PNM: its largest sample is 0"};
  Image image = decode_with_stb(file, "PNM", options);
  if (largest == 255) return image;
  for (std::uint8_t& sample : image.rgb) {
    const std::uint64_t scaled = (sample * std::uint64_t{255} + largest / 2) / largest;
    sample = static_cast<std::uint8_t>(std::min<std::uint64_t>(scaled, 255));
  }
  return image;
}

}  // namespace gfnet::image
