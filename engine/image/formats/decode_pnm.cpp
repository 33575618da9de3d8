#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "image/formats/reader.h"

// Source: the manual pages pbm(5), pgm(5) and ppm(5) of Netpbm.
namespace gfnet::image {
namespace {

constexpr std::string_view kPnmSpace = " \t\n\v\f\r";

bool is_pnm_space(std::uint8_t byte) {
  return kPnmSpace.find(static_cast<char>(byte)) != std::string_view::npos;
}

/// Passes over a comment, which reaches from # to the end of the line and includes it.
void skip_pnm_comment(Reader& reader) {
  while (reader.left() > 0) {
    const std::uint8_t byte = reader.byte();
    if (byte == '\n' || byte == '\r') return;
  }
}

/// Reads the next byte that is neither white space nor in a comment.
std::uint8_t next_pnm_byte(Reader& reader) {
  while (true) {
    const std::uint8_t byte = reader.byte();
    if (byte == '#') {
      skip_pnm_comment(reader);
    } else if (!is_pnm_space(byte)) {
      return byte;
    }
  }
}

/// Reads a number of text, and the white space or the end of the file that ends it. As in PIL, a
/// comment does not end it: "1#\n2" is 12. Numbers of more than 10 digits are refused.
std::uint64_t read_pnm_number(Reader& reader, std::string_view where) {
  constexpr std::size_t kMostDigits = 10;
  std::uint8_t byte = next_pnm_byte(reader);
  std::uint64_t number = 0;
  for (std::size_t digits = 1; !is_pnm_space(byte); byte = reader.byte()) {
    if (byte == '#') {
      skip_pnm_comment(reader);
    } else if (byte < '0' || byte > '9') {
      throw DecodeFailure{
          fmt::format("corrupt PNM: no number where the {} should have one", where)};
    } else if (digits++ > kMostDigits) {
      throw DecodeFailure{fmt::format("corrupt PNM: a number in the {} is too large", where)};
    } else {
      number = number * 10 + (byte - std::uint64_t{'0'});
    }
    if (reader.left() == 0) break;
  }
  return number;
}

/// A sample as one of 8 bits. largest: the sample of full brightness. Rounds as PIL does.
std::uint8_t scale_pnm_sample(std::uint64_t sample, std::uint64_t largest) {
  const double scaled =
      std::nearbyint(static_cast<double>(sample) / static_cast<double>(largest) * 255.0);
  return static_cast<std::uint8_t>(std::min(scaled, 255.0));
}

/// Reads `count` samples of text.
std::vector<std::uint8_t> read_pnm_text(Reader& reader, std::size_t count, std::uint64_t largest,
                                        bool is_bitmap) {
  if (count > reader.left()) throw DecodeFailure{"truncated PNM"};
  std::vector<std::uint8_t> samples(count);
  for (std::uint8_t& sample : samples) {
    if (is_bitmap) {  // digits, which no space needs to separate
      const std::uint8_t digit = next_pnm_byte(reader);
      if (digit != '0' && digit != '1') throw DecodeFailure{"corrupt PNM: a pixel is not 0 or 1"};
      sample = digit == '0' ? 255 : 0;
      continue;
    }
    const std::uint64_t number = read_pnm_number(reader, "pixels");
    if (number > largest) throw DecodeFailure{"corrupt PNM: a sample exceeds the largest one"};
    sample = scale_pnm_sample(number, largest);
  }
  return samples;
}

/// Reads samples of 8 or 16 bits.
std::vector<std::uint8_t> read_pnm_bytes(Reader& reader, std::size_t count, std::uint64_t largest) {
  const std::size_t size = largest > 255 ? 2 : 1;
  const Bytes bytes = reader.take(count * size);
  std::vector<std::uint8_t> samples(count);
  for (std::size_t i = 0; i < count; ++i) {
    const std::uint32_t sample = read_big(bytes, i * size, size);
    samples[i] =
        largest == 255 ? static_cast<std::uint8_t>(sample) : scale_pnm_sample(sample, largest);
  }
  return samples;
}

/// Reads a bitmap: 8 pixels a byte, and 1 is black.
std::vector<std::uint8_t> read_pnm_bits(Reader& reader, std::size_t width, std::size_t height) {
  const std::size_t stride = (width + 7) / 8;
  const Bytes bytes = reader.take(stride * height);
  std::vector<std::uint8_t> samples(width * height);
  for (std::size_t i = 0; i < samples.size(); ++i) {
    const std::size_t x = i % width;
    const unsigned bit = bytes[i / width * stride + x / 8] >> (7 - x % 8) & 1u;
    samples[i] = bit != 0 ? 0 : 255;
  }
  return samples;
}

}  // namespace

Image decode_pnm(Bytes file, const DecodeOptions& options) {
  const int kind = file[1] - '0';  // 1 to 3: text; 4 to 6: the same as bytes
  const bool is_text = kind <= 3;
  const bool is_bitmap = kind == 1 || kind == 4;
  const std::size_t channels = kind == 3 || kind == 6 ? 3 : 1;
  Reader reader(file, "PNM", 2);
  const std::uint64_t width = read_pnm_number(reader, "header");
  const std::uint64_t height = read_pnm_number(reader, "header");
  const std::uint64_t largest = is_bitmap ? 1 : read_pnm_number(reader, "header");
  if (largest == 0) throw DecodeFailure{"corrupt PNM: its largest sample is 0"};
  if (largest > 65535) throw DecodeFailure{"corrupt PNM: its largest sample exceeds 65535"};
  check_extent(width, height, file.size(), channels == 1 ? 4 : 3, options);

  Image image{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
  const std::size_t count = std::size_t{image.width} * image.height * channels;
  if (is_text) {
    image.rgb = read_pnm_text(reader, count, largest, is_bitmap);
  } else if (is_bitmap) {
    image.rgb = read_pnm_bits(reader, image.width, image.height);
  } else {
    image.rgb = read_pnm_bytes(reader, count, largest);
  }
  if (channels == 1) {
    std::vector<std::uint8_t> rgb(3 * count);
    for (std::size_t i = 0; i < rgb.size(); ++i) rgb[i] = image.rgb[i / 3];
    image.rgb = std::move(rgb);
  }
  return image;
}

}  // namespace gfnet::image
