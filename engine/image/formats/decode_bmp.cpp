#include <fmt/format.h>

#include <algorithm>
#include <bit>

#include "image/formats/colours.h"
#include "image/formats/reader.h"

// The formats of Windows (headers of 40 to 124 bytes) and OS/2 (12 and 64 bytes). Source:
// Microsoft's documentation of BITMAPINFOHEADER to BITMAPV5HEADER, and of bitmap compression.
namespace gfnet::image {
namespace {

constexpr std::size_t kBmpFileHeader = 14;  // bytes before the bitmap's header

enum BmpCompression : std::uint32_t { kNone = 0, kRle8 = 1, kRle4 = 2, kBitfields = 3 };

struct BmpHeader {
  std::uint64_t width = 0;
  std::uint64_t height = 0;
  bool top_down = false;
  std::uint32_t bits = 0;  // per pixel
  std::uint32_t compression = kNone;
  std::array<std::uint32_t, 3> masks{};  // of red, green and blue; for 16 and 32 bits
  std::size_t pixels = 0;                // where they start, in bytes of the file
  Palette palette{};
};

/// Reads the palette, which follows the header. entries: their declared number, 0 for all. Returns
/// the number of entries.
std::size_t read_bmp_palette(Reader& reader, BmpHeader& header, std::size_t entries,
                             std::size_t entry_size) {
  if (entries == 0) entries = std::size_t{1} << header.bits;
  if (entries > 65536) throw DecodeFailure{"corrupt BMP: the palette has too many entries"};
  const Bytes bytes = reader.take(std::min(entries * entry_size, reader.left()));
  const std::size_t given = std::min(bytes.size() / entry_size, header.palette.size());
  for (std::size_t i = 0; i < given; ++i) {
    const Bytes entry = bytes.subspan(i * entry_size, 3);
    header.palette[i] = {entry[2], entry[1], entry[0]};
  }
  // PIL takes the indices of a grey palette for grey values, those beyond the palette too. If there
  // is only black, or black and white, every other index is white.
  const bool has_white = entries == 2 && header.palette[1] == Colour{255, 255, 255};
  if (entries > 2 && is_grey_palette(header.palette, given)) {
    header.palette = grey_palette();
  } else if ((header.bits == 1 || header.compression != kNone) && header.palette[0] == Colour{} &&
             (entries == 1 || has_white)) {
    std::fill(header.palette.begin() + 1, header.palette.end(), Colour{255, 255, 255});
  }
  return entries;
}

void read_bmp_masks(Reader& reader, BmpHeader& header, std::size_t size) {
  header.masks = {0xFF0000, 0xFF00, 0xFF};
  if (header.bits == 16) header.masks = {0x7C00, 0x3E0, 0x1F};
  if (header.compression != kBitfields) return;
  // Those of a header of 40 bytes follow it, those of larger ones are in it: at the same place.
  reader.seek(kBmpFileHeader + 40);
  std::array<std::uint32_t, 3> masks{};
  for (std::uint32_t& mask : masks) mask = reader.little(4);
  const bool all_zero = masks == std::array<std::uint32_t, 3>{};
  if (all_zero && header.bits == 32) return;
  const std::uint64_t largest = (std::uint64_t{1} << header.bits) - 1;
  std::uint32_t taken = 0;
  for (const std::uint32_t mask : masks) {
    const std::uint32_t run = mask == 0 ? 0 : mask >> std::countr_zero(mask);
    if (run == 0 || (run & (run + std::uint64_t{1})) != 0 || (mask & taken) != 0 ||
        mask > largest) {
      throw DecodeFailure{
          fmt::format("BMP with the colour masks {:x}, {:x} and {:x} is not supported", masks[0],
                      masks[1], masks[2])};
    }
    taken |= mask;
  }
  if (header.bits == 24 && masks != header.masks) {
    throw DecodeFailure{"BMP with colour masks for 24 bits is not supported"};
  }
  header.masks = masks;
  if (size == 40) return;
  reader.seek(kBmpFileHeader + size);
}

BmpHeader read_bmp_header(Bytes file) {
  Reader reader(file, "BMP", 10);
  BmpHeader header;
  header.pixels = reader.little(4);
  const std::size_t size = reader.little(4);
  const bool is_core = size == 12;
  if (!is_core && size != 40 && size != 52 && size != 56 && size != 64 && size != 108 &&
      size != 124) {
    throw DecodeFailure{fmt::format("BMP with a header of {} bytes is not supported", size)};
  }
  std::size_t entries = 0;
  if (is_core) {
    header.width = reader.little(2);
    header.height = reader.little(2);
    reader.take(2);  // planes
    header.bits = reader.little(2);
  } else {
    header.width = reader.little(4);
    header.height = reader.little(4);
    // A negative height means that the first row is the top one.
    header.top_down = header.height >> 31 != 0;
    if (header.top_down) header.height = (std::uint64_t{1} << 32) - header.height;
    reader.take(2);
    header.bits = reader.little(2);
    header.compression = reader.little(4);
    reader.take(12);  // size of the pixels, resolution
    entries = reader.little(4);
  }
  reader.seek(kBmpFileHeader + size);

  constexpr std::uint32_t kBits[] = {1, 2, 4, 8, 16, 24, 32};
  if (std::ranges::find(kBits, header.bits) == std::end(kBits)) {
    throw DecodeFailure{fmt::format("BMP with {} bits a pixel is not supported", header.bits)};
  }
  const bool is_indexed = header.bits <= 8;
  const bool is_rle = header.compression == kRle8 || header.compression == kRle4;
  if (header.compression > kBitfields || (is_rle && !is_indexed) ||
      (header.compression == kBitfields && is_indexed)) {
    throw DecodeFailure{fmt::format("BMP with compression {} and {} bits a pixel is not supported",
                                    header.compression, header.bits)};
  }
  if (header.pixels != 0 && header.pixels < kBmpFileHeader + size) {
    throw DecodeFailure{"corrupt BMP: its pixels begin within its header"};
  }
  if (is_indexed) {
    const std::size_t entry_size = is_core ? 3 : 4;
    entries = read_bmp_palette(reader, header, entries, entry_size);
    // Some writers leave the palette out of the offset of the pixels.
    if (header.pixels == kBmpFileHeader + size) header.pixels += entries * entry_size;
  } else {
    read_bmp_masks(reader, header, size);
  }
  if (header.pixels == 0) header.pixels = reader.position();
  return header;
}

/// Unpacks run-length encoded indices: [height, width], the bottom row first. Pixels that the file
/// leaves out have index 0.
std::vector<std::uint8_t> unpack_bmp_rle(Reader& reader, const BmpHeader& header) {
  const auto width = static_cast<std::size_t>(header.width);
  const std::size_t all = width * static_cast<std::size_t>(header.height);
  const bool two_a_byte = header.compression == kRle4;
  std::vector<std::uint8_t> indices;
  constexpr std::size_t kMostRun = 255;
  // Moves may add more pixels than this; then the vector grows.
  indices.reserve(std::min(all, kMostRun * reader.left()));
  std::size_t x = 0;                  // where the encoder is in its row
  const auto half = [](std::uint8_t byte, std::size_t i) {
    return static_cast<std::uint8_t>(i % 2 == 0 ? byte >> 4 : byte & 15);
  };
  while (indices.size() < all) {
    const std::size_t filled = indices.size();
    const std::size_t count = reader.byte();
    const std::uint8_t value = reader.byte();
    if (count > 0) {  // a run, which ends with its row
      const std::size_t run = std::min({count, width - std::min(x, width), all - filled});
      for (std::size_t i = 0; i < run; ++i) indices.push_back(two_a_byte ? half(value, i) : value);
      x += run;
    } else if (value == 0) {  // the end of a row
      indices.resize(std::min((filled + width - 1) / width * width, all));
      x = 0;
    } else if (value == 1) {  // the end of the image
      break;
    } else if (value == 2) {  // a move to the right and upwards
      const std::size_t right = reader.byte();
      indices.resize(std::min(filled + right + reader.byte() * width, all));
      x = indices.size() % width;
    } else {  // pixels that are not encoded, padded to 16 bits
      const std::size_t bytes = two_a_byte ? (std::size_t{value} + 1) / 2 : value;
      const std::size_t given = std::min<std::size_t>(value, all - filled);
      const Bytes pixels = reader.take(two_a_byte ? (given + 1) / 2 : given);
      for (std::size_t i = 0; i < given; ++i) {
        indices.push_back(two_a_byte ? half(pixels[i / 2], i) : pixels[i]);
      }
      x += value;
      if (indices.size() < all) reader.take(bytes % 2);
    }
  }
  indices.resize(all);
  return indices;
}

/// Converts pixels of 16 or 32 bits.
void convert_bmp_masked(Bytes row, const BmpHeader& header, std::uint8_t* rgb) {
  const std::size_t size = header.bits / 8;
  for (std::size_t x = 0; x < header.width; ++x) {
    const std::uint32_t pixel = read_little(row, x * size, size);
    for (const std::uint32_t mask : header.masks) {
      const int shift = std::countr_zero(mask);
      const std::uint64_t sample = (pixel & mask) >> shift;
      *rgb++ = static_cast<std::uint8_t>(sample * 255 / (mask >> shift));
    }
  }
}

void convert_bmp_row(Bytes row, const BmpHeader& header, std::uint8_t* rgb) {
  if (header.bits == 24) {
    for (std::size_t x = 0; x < header.width; ++x, rgb += 3) {
      std::reverse_copy(row.begin() + static_cast<std::ptrdiff_t>(3 * x),
                        row.begin() + static_cast<std::ptrdiff_t>(3 * x + 3), rgb);
    }
    return;
  }
  if (header.bits > 8) {
    convert_bmp_masked(row, header, rgb);
    return;
  }
  const unsigned mask = (1u << header.bits) - 1;
  for (std::size_t x = 0; x < header.width; ++x, rgb += 3) {
    const std::size_t bit = x * header.bits;
    const unsigned index = row[bit / 8] >> (8 - header.bits - bit % 8) & mask;
    std::ranges::copy(header.palette[index], rgb);
  }
}

}  // namespace

Image decode_bmp(Bytes file, const DecodeOptions& options) {
  BmpHeader header = read_bmp_header(file);
  const bool is_packed = header.compression == kRle8 || header.compression == kRle4;
  check_extent(header.width, header.height, file.size(), is_packed ? 4 : 3, options);
  Image image{
      static_cast<std::uint32_t>(header.width), static_cast<std::uint32_t>(header.height), {}};
  Reader reader(file, "BMP", header.pixels);
  std::vector<std::uint8_t> indices;
  std::size_t stride = (image.width * std::size_t{header.bits} + 31) / 32 * 4;
  if (is_packed) {
    indices = unpack_bmp_rle(reader, header);
    reader = Reader(indices, "BMP");
    header.bits = 8;
    stride = image.width;
  }
  // The last row's padding may be missing.
  const std::size_t used = (image.width * std::size_t{header.bits} + 7) / 8;
  const Bytes rows = reader.take(stride * (image.height - std::size_t{1}) + used);
  const std::size_t target = std::size_t{image.width} * 3;
  image.rgb.resize(target * image.height);
  for (std::size_t y = 0; y < image.height; ++y) {
    const std::size_t row = header.top_down ? y : image.height - 1 - y;
    convert_bmp_row(rows.subspan(y * stride, used), header, image.rgb.data() + row * target);
  }
  return image;
}

}  // namespace gfnet::image
