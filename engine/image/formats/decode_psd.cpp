#include <fmt/format.h>

#include <algorithm>

#include "image/formats/colours.h"
#include "image/formats/reader.h"

// Reads the merged image, which follows the layers. Source: Adobe Photoshop File Formats
// Specification.
namespace gfnet::image {
namespace {

struct PsdMode {
  std::uint32_t number;
  std::string_view name;
  std::size_t channels;  // 0: not read
};

constexpr PsdMode kPsdModes[] = {
    {0, "bitmap", 0}, {1, "grey", 1},         {2, "indexed", 1}, {3, "RGB", 3},
    {4, "CMYK", 4},   {7, "multichannel", 1}, {8, "duotone", 1}, {9, "Lab", 0},
};

enum PsdPacking : std::uint32_t { kRaw = 0, kPackBits = 1 };

const PsdMode& psd_mode(std::uint32_t number, std::uint32_t bits) {
  const auto* const mode = std::ranges::find(kPsdModes, number, &PsdMode::number);
  if (mode == std::end(kPsdModes)) {
    throw DecodeFailure{fmt::format("corrupt PSD: unknown colour mode {}", number)};
  }
  if (mode->channels == 0 || (bits != 8 && (bits != 16 || mode->name == "indexed"))) {
    throw DecodeFailure{fmt::format("{} PSD with {} bits is not supported", mode->name, bits)};
  }
  return *mode;
}

/// Unpacks one channel into `rows` rows of `stride` bytes. A run ends with its row.
void unpack_psd_channel(Reader reader, std::size_t rows, std::size_t stride, std::uint8_t* bytes) {
  for (std::size_t row = 0; row < rows; ++row, bytes += stride) {
    for (std::size_t filled = 0; filled < stride;) {
      const std::size_t packet = reader.byte();
      if (packet == 128) continue;  // nothing
      const bool is_run = packet > 128;
      const std::size_t count = is_run ? 257 - packet : packet + 1;
      const std::size_t used = std::min(count, stride - filled);
      if (is_run) {
        std::fill_n(bytes + filled, used, reader.byte());
      } else {
        std::ranges::copy(reader.take(count).first(used), bytes + filled);
      }
      filled += used;
    }
  }
}

/// Reads the first `used` of the file's channels: [used, rows, stride] bytes.
std::vector<std::uint8_t> read_psd_channels(Reader& reader, std::size_t channels, std::size_t used,
                                            std::size_t rows, std::size_t stride) {
  const std::uint32_t packing = reader.big(2);
  if (packing == kRaw) {
    const Bytes bytes = reader.take(channels * rows * stride).first(used * rows * stride);
    return {bytes.begin(), bytes.end()};
  }
  if (packing != kPackBits) throw DecodeFailure{"PSD with zip compression is not supported"};
  // The packed size of each row of each channel comes first.
  const Bytes sizes = reader.take(2 * channels * rows);
  if (used * rows * stride / 128 > reader.left()) throw DecodeFailure{"truncated PSD"};
  std::vector<std::uint8_t> bytes(used * rows * stride);
  for (std::size_t channel = 0; channel < channels; ++channel) {
    std::size_t packed = 0;
    for (std::size_t row = 0; row < rows; ++row) {
      packed += read_big(sizes, 2 * (channel * rows + row), 2);
    }
    if (channel < used) {
      unpack_psd_channel(reader, rows, stride, bytes.data() + channel * rows * stride);
    }
    reader.take(packed);
  }
  return bytes;
}

}  // namespace

Image decode_psd(Bytes file, const DecodeOptions& options) {
  Reader reader(file, "PSD", 4);
  if (reader.big(2) != 1) throw DecodeFailure{"PSB (large PSD) is not supported"};
  reader.take(6);
  const std::size_t channels = reader.big(2);
  const std::uint32_t height = reader.big(4);
  const std::uint32_t width = reader.big(4);
  const std::uint32_t bits = reader.big(2);
  const PsdMode& mode = psd_mode(reader.big(2), bits);
  if (channels < mode.channels || channels > 56) {
    throw DecodeFailure{fmt::format("corrupt PSD: {} with {} channels", mode.name, channels)};
  }
  check_extent(width, height, file.size(), 3 + mode.channels * (bits / 8), options);
  const Bytes palette = reader.take(reader.big(4));
  const bool is_indexed = mode.name == "indexed";
  if (is_indexed && palette.size() != 768) {
    throw DecodeFailure{"corrupt PSD: indexed without a palette of 256 colours"};
  }
  reader.take(reader.big(4));  // resources
  reader.take(reader.big(4));  // layers

  const std::size_t size = bits / 8;
  const std::size_t pixels = std::size_t{width} * height;
  const std::vector<std::uint8_t> samples =
      read_psd_channels(reader, channels, mode.channels, height, width * size);
  Image image{width, height, {}};
  image.rgb.resize(3 * pixels);
  for (std::size_t i = 0; i < pixels; ++i) {
    std::array<std::uint8_t, 4> pixel{};
    for (std::size_t channel = 0; channel < mode.channels; ++channel) {
      pixel[channel] = samples[(channel * pixels + i) * size];  // the high byte
    }
    std::uint8_t* const rgb = image.rgb.data() + 3 * i;
    if (mode.channels == 4) {
      convert_cmyk(pixel.data(), rgb, 1);
    } else {
      for (std::size_t c = 0; c < 3; ++c) {
        rgb[c] = is_indexed ? palette[256 * c + pixel[0]] : pixel[mode.channels == 3 ? c : 0];
      }
    }
  }
  return image;
}

}  // namespace gfnet::image
