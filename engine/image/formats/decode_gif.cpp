#include <fmt/format.h>

#include <algorithm>

#include "image/formats/colours.h"
#include "image/formats/reader.h"

// Reads a file up to its first frame's pixels. A library unpacks them: they are given to it as a
// GIF of their own. Source: CompuServe, Graphics Interchange Format, version 89a.
namespace gfnet::image {
namespace {

/// A part of the screen. Lengths are in pixels.
struct GifFrame {
  std::uint32_t left = 0;
  std::uint32_t top = 0;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  bool is_interlaced = false;
  Palette palette{};
  std::vector<std::uint8_t> packed;  // the size of a code, and the blocks with the codes
};

/// Reads a palette. `otherwise`: what is used instead of a palette whose entry i is the grey value
/// i, as in PIL. By default that are grey values for all indices, those beyond the palette too.
Palette read_gif_palette(Reader& reader, int flags, const Palette& otherwise = grey_palette()) {
  const std::size_t entries = std::size_t{2} << (flags & 7);
  const Bytes bytes = reader.take(3 * entries);
  Palette palette{};
  for (std::size_t i = 0; i < entries; ++i) {
    std::ranges::copy(bytes.subspan(3 * i, 3), palette[i].begin());
  }
  return is_grey_palette(palette, entries) ? otherwise : palette;
}

/// Passes over the blocks of an extension, or of a frame's pixels. Returns the first one.
Bytes skip_gif_blocks(Reader& reader) {
  const Bytes first = reader.take(reader.byte());
  if (first.empty()) return first;
  while (!reader.take(reader.byte()).empty()) {
  }
  return first;
}

/// The codes of a frame, one after another.
class GifCodes {
 public:
  /// blocks: each with its size before it. Reads them from `reader`.
  explicit GifCodes(Reader& reader) : reader_(reader) {}

  /// The next code of `size` bits. Throws DecodeFailure where the blocks end.
  std::uint32_t next(int size) {
    while (filled_ < size) {
      if (left_ == 0) left_ = reader_.byte();
      if (left_ == 0) throw DecodeFailure{"truncated GIF"};
      bits_ |= std::uint32_t{reader_.byte()} << filled_;
      filled_ += 8;
      --left_;
    }
    const std::uint32_t code = bits_ & ((1u << size) - 1);
    bits_ >>= size;
    filled_ -= size;
    return code;
  }

  /// Passes over the rest of the current block.
  void finish_block() {
    reader_.take(left_);
    left_ = 0;
  }

 private:
  Reader& reader_;
  std::uint32_t bits_ = 0;
  int filled_ = 0;
  std::size_t left_ = 0;  // bytes of the current block
};

constexpr std::uint64_t kGifPixelBytes = 4;  // an index and its colour

/// Follows a frame's codes up to its last pixel, and passes over the rest of that block. giflib
/// takes codes that stand for nothing as any pixels, and stb_image takes a frame that ends early as
/// complete. Throws DecodeFailure in both cases. code_size: bits of a pixel's code.
void check_gif_codes(Reader& reader, int code_size, std::uint64_t pixels) {
  constexpr std::uint32_t kMostCodes = 4096;
  const std::uint32_t clear = 1u << code_size;
  const std::uint32_t stop = clear + 1;
  GifCodes codes(reader);
  std::vector<std::uint32_t> lengths(kMostCodes, 1);  // pixels that each code stands for
  std::uint32_t free = stop + 1;                      // the code that is defined next
  int size = code_size + 1;
  std::uint32_t last = stop;  // none
  for (std::uint64_t found = 0; found < pixels;) {
    const std::uint32_t code = codes.next(size);
    if (code == stop) throw DecodeFailure{"truncated GIF"};
    if (code == clear) {
      free = stop + 1;
      size = code_size + 1;
      last = stop;
      continue;
    }
    const bool is_first = last == stop;
    if (is_first ? code > clear : code > free) {
      throw DecodeFailure{"corrupt GIF: a code without a meaning"};
    }
    if (!is_first && free < kMostCodes) {
      lengths[free] = lengths[last] + 1;
      if (free == (1u << size) - 1 && size < 12) ++size;
      ++free;
    }
    found += lengths[code];
    last = code;
  }
  codes.finish_block();
}

/// palette: the file's, for a frame without one of its own.
GifFrame read_gif_frame(Reader& reader, Bytes file, const Palette& palette,
                        const DecodeOptions& options) {
  GifFrame frame;
  frame.left = reader.little(2);
  frame.top = reader.little(2);
  frame.width = reader.little(2);
  frame.height = reader.little(2);
  const int flags = reader.byte();
  frame.is_interlaced = (flags & 0x40) != 0;
  frame.palette = (flags & 0x80) != 0 ? read_gif_palette(reader, flags, palette) : palette;
  const std::size_t start = reader.position();
  const int code_size = reader.byte();
  if (code_size < 2 || code_size > 8) {
    throw DecodeFailure{fmt::format("corrupt GIF: codes of {} bits", code_size)};
  }
  check_extent(frame.width, frame.height, file.size(), kGifPixelBytes, options);
  check_gif_codes(reader, code_size, std::uint64_t{frame.width} * frame.height);
  append(frame.packed, file.subspan(start, reader.position() - start));
  frame.packed.push_back(0);  // the end of the blocks
  skip_gif_blocks(reader);
  return frame;
}

/// A GIF with nothing but the frame, without an offset. Its palette has a grey for each index.
std::vector<std::uint8_t> gif_of_frame(const GifFrame& frame) {
  constexpr std::string_view kSignature = "GIF89a";
  std::vector<std::uint8_t> file(kSignature.begin(), kSignature.end());
  append_little(file, frame.width, 2);
  append_little(file, frame.height, 2);
  append_little(file, 0xF7, 3);  // a palette of 256 colours; the background is index 0
  for (const Colour& colour : grey_palette()) append(file, colour);
  append_little(file, ',', 1);
  append_little(file, 0, 4);
  append_little(file, frame.width, 2);
  append_little(file, frame.height, 2);
  append_little(file, frame.is_interlaced ? 0x40 : 0, 1);
  append(file, frame.packed);
  append_little(file, ';', 1);
  return file;
}

std::vector<std::uint8_t> unpack_gif_frame(const GifFrame& frame, const DecodeOptions& options) {
  const std::vector<std::uint8_t> file = gif_of_frame(frame);
#ifdef GFNET_WITH_GIFLIB
  if (!options.prefer_stb) return read_gif_with_giflib(file);
#endif
  return read_gif_with_stb(file, options);
}

}  // namespace

Image decode_gif(Bytes file, const DecodeOptions& options) {
  Reader reader(file, "GIF", 6);
  std::uint32_t width = reader.little(2);
  std::uint32_t height = reader.little(2);
  const int flags = reader.byte();
  reader.take(2);  // background, shape of a pixel
  const Palette palette = (flags & 0x80) != 0 ? read_gif_palette(reader, flags) : grey_palette();

  std::uint8_t fill = 0;  // index of the pixels outside of the frame
  for (std::uint8_t block = reader.byte(); block != ','; block = reader.byte()) {
    if (block == ';') throw DecodeFailure{"corrupt GIF: it has no frame"};
    if (block != '!') continue;
    const bool is_control = reader.byte() == 0xF9;
    const Bytes data = skip_gif_blocks(reader);
    if (is_control && data.size() >= 4 && (data[0] & 1) != 0) fill = data[3];
  }
  const GifFrame frame = read_gif_frame(reader, file, palette, options);
  // A frame that exceeds the screen enlarges it, as in PIL.
  width = std::max(width, frame.left + frame.width);
  height = std::max(height, frame.top + frame.height);
  check_extent(width, height, file.size(), kGifPixelBytes, options);

  const std::vector<std::uint8_t> indices = unpack_gif_frame(frame, options);
  Image image{width, height, {}};
  image.rgb.resize(std::size_t{3} * width * height);
  std::uint8_t* rgb = image.rgb.data();
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x, rgb += 3) {
      const std::size_t column = x - frame.left;  // large to the left of the frame
      const std::size_t row = y - frame.top;
      const bool is_inside =
          x >= frame.left && column < frame.width && y >= frame.top && row < frame.height;
      const std::uint8_t index = is_inside ? indices[row * frame.width + column] : fill;
      std::ranges::copy(frame.palette[index], rgb);
    }
  }
  return image;
}

}  // namespace gfnet::image
