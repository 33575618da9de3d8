#include <fmt/format.h>

#include <algorithm>

#include "image/formats/colours.h"
#include "image/formats/reader.h"

// Source: Truevision TGA File Format Specification, version 2.0.
namespace gfnet::image {
namespace {

enum TgaKind : int { kIndexed = 1, kColour = 2, kGrey = 3 };

struct TgaHeader {
  int kind = 0;
  bool is_packed = false;  // run-length encoded
  std::uint32_t bits = 0;  // per pixel
  bool from_right = false;
  bool from_top = false;
  std::uint32_t first_index = 0;  // of the palette's first entry
  std::vector<Colour> palette;
};

/// A pixel or an entry of the palette, of 15, 16, 24 or 32 bits.
Colour tga_colour(Bytes bytes) {
  if (bytes.size() >= 3) return {bytes[2], bytes[1], bytes[0]};
  const std::uint32_t pixel = read_little(bytes, 0, 2);
  return {widen_5_bits(pixel >> 10), widen_5_bits(pixel >> 5), widen_5_bits(pixel)};
}

/// Unpacks runs into pixels of `size` bytes. A run may span rows.
std::vector<std::uint8_t> unpack_tga(Reader& reader, std::size_t pixels, std::size_t size) {
  constexpr std::size_t kMostPixels = 128;  // of a packet
  if (pixels / kMostPixels > reader.left()) throw DecodeFailure{"truncated TGA"};
  std::vector<std::uint8_t> bytes;
  bytes.reserve(pixels * size);
  while (bytes.size() < pixels * size) {
    const std::size_t packet = reader.byte();
    const std::size_t count = std::min((packet & 127) + 1, pixels - bytes.size() / size);
    if ((packet & 128) == 0) {
      append(bytes, reader.take(count * size));
    } else {
      const Bytes pixel = reader.take(size);
      for (std::size_t i = 0; i < count; ++i) append(bytes, pixel);
    }
  }
  return bytes;
}

void convert_tga_row(Bytes row, const TgaHeader& header, std::size_t width, std::uint8_t* rgb) {
  const std::size_t size = (header.bits + 7) / 8;
  for (std::size_t x = 0; x < width; ++x) {
    Colour colour{};
    if (header.bits == 1) {
      colour.fill((row[x / 8] >> (7 - x % 8) & 1) != 0 ? 255 : 0);
    } else if (header.kind == kColour) {
      colour = tga_colour(row.subspan(x * size, size));
    } else if (header.kind == kGrey) {
      colour.fill(row[x * size]);  // a second byte is alpha
    } else {
      const std::uint32_t index = read_little(row, x * size, size);
      const bool is_given =
          index >= header.first_index && index - header.first_index < header.palette.size();
      if (is_given) colour = header.palette[index - header.first_index];
    }
    std::ranges::copy(colour, rgb + 3 * (header.from_right ? width - 1 - x : x));
  }
}

void read_tga_palette(Reader& reader, TgaHeader& header, std::size_t entries, std::size_t bits) {
  const std::size_t size = (bits + 7) / 8;
  const Bytes bytes = reader.take(entries * size);
  if (header.kind != kIndexed) return;
  if (bits != 15 && bits != 16 && bits != 24 && bits != 32) {
    throw DecodeFailure{fmt::format("TGA with a palette of {} bits is not supported", bits)};
  }
  for (std::size_t i = 0; i < entries; ++i) {
    header.palette.push_back(tga_colour(bytes.subspan(i * size, size)));
  }
}

}  // namespace

Image decode_tga(Bytes file, const DecodeOptions& options) {
  Reader reader(file, "TGA");
  const std::size_t note = reader.byte();
  const bool has_palette = reader.byte() != 0;
  const int kind = reader.byte();
  TgaHeader header;
  header.kind = kind & 7;
  header.is_packed = (kind & 8) != 0;
  header.first_index = reader.little(2);
  const std::size_t entries = reader.little(2);
  const std::size_t palette_bits = reader.byte();
  reader.take(4);  // where the image is on a screen
  const std::uint32_t width = reader.little(2);
  const std::uint32_t height = reader.little(2);
  header.bits = reader.byte();
  const int flags = reader.byte();
  header.from_right = (flags & 0x10) != 0;
  header.from_top = (flags & 0x20) != 0;
  const bool fits = header.kind == kColour ? header.bits >= 15
                    : header.kind == kGrey ? header.bits <= 8 || header.bits == 16
                                           : header.bits == 8 || header.bits == 16;
  if (!fits || (header.bits == 1 && header.is_packed)) {
    throw DecodeFailure{
        fmt::format("TGA of kind {} with {} bits is not supported", kind, header.bits)};
  }
  const std::uint64_t unpacked_bytes = header.is_packed ? (header.bits + 7) / 8 : 0;
  check_extent(width, height, file.size(), 3 + unpacked_bytes, options);
  reader.take(note);
  if (has_palette) read_tga_palette(reader, header, entries, palette_bits);

  const std::size_t size = (header.bits + 7) / 8;
  const std::size_t stride = header.bits == 1 ? (std::size_t{width} + 7) / 8 : width * size;
  std::vector<std::uint8_t> unpacked;
  if (header.is_packed) {
    unpacked = unpack_tga(reader, std::size_t{width} * height, size);
    reader = Reader(unpacked, "TGA");
  }
  const Bytes rows = reader.take(stride * height);
  Image image{width, height, {}};
  image.rgb.resize(std::size_t{3} * width * height);
  for (std::size_t y = 0; y < height; ++y) {
    const std::size_t row = header.from_top ? y : height - 1 - y;
    convert_tga_row(rows.subspan(y * stride, stride), header, width,
                    image.rgb.data() + 3 * row * width);
  }
  return image;
}

}  // namespace gfnet::image
