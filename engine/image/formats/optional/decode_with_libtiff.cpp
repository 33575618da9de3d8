#include <fmt/format.h>
#include <tiffio.h>

#include <algorithm>
#include <cstdarg>
#include <cstdio>
#include <memory>
#include <new>
#include <optional>

#include "image/formats/decoders.h"
#include "image/formats/optional/mended_tiff.h"
#include "image/formats/optional/tiff_memory.h"
#include "image/formats/optional/tiff_samples.h"
#include "image/metadata/orientation_tags.h"
#include "image/orientation.h"

namespace gfnet::image {
namespace {

struct TiffCloser {
  void operator()(TIFF* tiff) const { TIFFClose(tiff); }
};

/// A TIFF file in memory. libtiff reads it through the functions of this class.
class TiffFile {
 public:
  TiffFile(Bytes file, std::size_t max_allocation) : file_(file) {
    TIFFOpenOptions* const options = TIFFOpenOptionsAlloc();
    if (options == nullptr) throw std::bad_alloc();
    TIFFOpenOptionsSetMaxSingleMemAlloc(options, static_cast<tmsize_t>(max_allocation));
    TIFFOpenOptionsSetErrorHandlerExtR(options, on_error, this);
    TIFFOpenOptionsSetWarningHandlerExtR(options, on_warning, this);
    tiff_.reset(
        TIFFClientOpenExt("image", "r", this, read, write, seek, close, size, map, unmap, options));
    TIFFOpenOptionsFree(options);
    if (!tiff_ || !error_.empty()) fail();
  }
  TiffFile(const TiffFile&) = delete;
  TiffFile& operator=(const TiffFile&) = delete;

  TIFF* get() const { return tiff_.get(); }

  /// The first error that libtiff reported is the cause.
  [[noreturn]] void fail() const {
    throw DecodeFailure{error_.empty() ? "corrupt TIFF" : "corrupt TIFF: " + error_};
  }

  /// The value of a tag with one number, or its default by the standard.
  template <typename T>
  T field(std::uint32_t tag) const {
    T value = 0;
    TIFFGetFieldDefaulted(tiff_.get(), tag, &value);
    return value;
  }

 private:
  static TiffFile& of(thandle_t handle) { return *static_cast<TiffFile*>(handle); }

  static tmsize_t read(thandle_t handle, void* buffer, tmsize_t size) {
    TiffFile& self = of(handle);
    const std::size_t left = self.file_.size() - std::min(self.position_, self.file_.size());
    const std::size_t count = std::min(static_cast<std::size_t>(size), left);
    if (count > 0) std::memcpy(buffer, self.file_.data() + self.position_, count);
    self.position_ += count;
    return static_cast<tmsize_t>(count);
  }
  static tmsize_t write(thandle_t, void*, tmsize_t) { return -1; }
  static toff_t seek(thandle_t handle, toff_t offset, int whence) {
    TiffFile& self = of(handle);
    if (whence == SEEK_CUR) offset += self.position_;
    if (whence == SEEK_END) offset += self.file_.size();
    self.position_ = offset;
    return offset;
  }
  static int close(thandle_t) { return 0; }
  static toff_t size(thandle_t handle) { return of(handle).file_.size(); }
  static int map(thandle_t handle, void** start, toff_t* size) {
    TiffFile& self = of(handle);
    *start = const_cast<std::uint8_t*>(self.file_.data());  // libtiff does not write to it
    *size = self.file_.size();
    return 1;
  }
  static void unmap(thandle_t, void*, toff_t) {}

  /// Keeps the first error. libtiff passes over a bad value of these tags, as PIL does: they decide
  /// no pixel.
  static int on_error(TIFF*, void* self, const char*, const char* form, std::va_list values) {
    static constexpr const char* kHarmless[] = {"\"Orientation\"", "\"ResolutionUnit\"", "InkNames",
                                                "NumberOfInks"};
    std::string& error = static_cast<TiffFile*>(self)->error_;
    char text[256];
    if (!error.empty() || std::vsnprintf(text, sizeof text, form, values) <= 0) return 1;
    const bool is_harmless = std::ranges::any_of(
        kHarmless, [&](const char* tag) { return std::strstr(text, tag) != nullptr; });
    if (!is_harmless) error = text;
    return 1;
  }
  /// If the palette cannot be read, libtiff warns only, and takes the indices for greys.
  static int on_warning(TIFF*, void* self, const char*, const char* form, std::va_list values) {
    std::string& error = static_cast<TiffFile*>(self)->error_;
    char text[256];
    if (!error.empty() || std::vsnprintf(text, sizeof text, form, values) <= 0) return 1;
    if (std::strstr(text, "ColorMap") != nullptr) error = text;
    return 1;
  }

  Bytes file_;
  std::uint64_t position_ = 0;
  std::string error_;
  std::unique_ptr<TIFF, TiffCloser> tiff_;
};

[[noreturn]] void refuse(const std::string& what) {
  throw DecodeFailure{"TIFF with " + what + " is not supported"};
}

/// Refuses what PIL refuses, too: combinations of bits and kind of numbers that no image has.
TiffSamples::Type type_of(const TiffFile& file, TiffColour colour, int bits) {
  using Type = TiffSamples::Type;
  const bool is_grey = colour == TiffColour::kGrey || colour == TiffColour::kInvertedGrey;
  const auto format = file.field<std::uint16_t>(TIFFTAG_SAMPLEFORMAT);
  const bool is_float = format == SAMPLEFORMAT_IEEEFP;
  const bool is_signed = format == SAMPLEFORMAT_INT;
  if (format > SAMPLEFORMAT_VOID) refuse("complex numbers");
  if (is_float && !(is_grey && bits == 32)) refuse(fmt::format("{}-bit floating point", bits));
  if (is_signed && !(is_grey && bits >= 8)) refuse("signed samples");
  const bool is_small = bits == 1 || bits == 2 || bits == 4;
  const bool fits = bits == 8 || (is_small && (is_grey || colour == TiffColour::kPalette)) ||
                    (bits == 16 && colour != TiffColour::kPalette && colour != TiffColour::kLab) ||
                    ((bits == 12 || bits == 32) && is_grey);
  if (!fits) refuse(fmt::format("{}-bit samples of this kind", bits));
  if (is_float) return Type::kFloat;
  // PIL reads signed bytes as if they were unsigned.
  if (is_signed && bits > 8) return Type::kSigned;
  return bits == 32 ? Type::kUnsigned : Type::kScaled;
}

TiffColour colour_of(std::uint16_t photometric) {
  switch (photometric) {
    case PHOTOMETRIC_MINISWHITE:
      return TiffColour::kInvertedGrey;
    case PHOTOMETRIC_MINISBLACK:
      return TiffColour::kGrey;
    case PHOTOMETRIC_RGB:
      return TiffColour::kRgb;
    case PHOTOMETRIC_PALETTE:
      return TiffColour::kPalette;
    case PHOTOMETRIC_SEPARATED:
      return TiffColour::kCmyk;
    case PHOTOMETRIC_CIELAB:
      return TiffColour::kLab;
    case PHOTOMETRIC_ICCLAB:
    case PHOTOMETRIC_ITULAB:
      refuse("L*a*b* colours of ICC or ITU");
    case PHOTOMETRIC_LOGL:
    case PHOTOMETRIC_LOGLUV:
      refuse("logarithmic colours");
    case PHOTOMETRIC_CFA:
      refuse("the raw data of a camera");
    default:
      refuse(fmt::format("colours of kind {}", photometric));
  }
}

TiffSamples samples_of(const TiffFile& file, std::uint16_t photometric) {
  TiffSamples samples;
  samples.colour = colour_of(photometric);
  samples.bits = file.field<std::uint16_t>(TIFFTAG_BITSPERSAMPLE);
  samples.type = type_of(file, samples.colour, samples.bits);
  // PIL does not invert numbers that have no largest one.
  if (samples.type == TiffSamples::Type::kFloat) samples.colour = TiffColour::kGrey;
  samples.stored = file.field<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL);
  constexpr int kMostSamples = 8;
  if (samples.stored > kMostSamples) refuse(fmt::format("{} samples a pixel", samples.stored));
  std::uint16_t extra = 0;
  const std::uint16_t* kinds = nullptr;
  TIFFGetFieldDefaulted(file.get(), TIFFTAG_EXTRASAMPLES, &extra, &kinds);
  const bool has_alpha = extra > 0 && kinds[0] == EXTRASAMPLE_ASSOCALPHA;
  switch (samples.colour) {
    case TiffColour::kRgb:
      samples.used = has_alpha ? 4 : 3;
      samples.premultiplied = has_alpha;
      break;
    case TiffColour::kCmyk:
      samples.used = 4;
      break;
    case TiffColour::kLab:
      samples.used = 3;
      break;
    case TiffColour::kPalette:
      break;
    default:
      samples.used = has_alpha ? 2 : 1;
      samples.premultiplied = has_alpha;
  }
  if (samples.stored < samples.used) refuse(fmt::format("{} samples a pixel", samples.stored));
  return samples;
}

TiffPalette palette_of(const TiffFile& file, const TiffSamples& samples) {
  if (samples.colour != TiffColour::kPalette) return {};
  std::uint16_t* channels[3] = {};
  if (TIFFGetField(file.get(), TIFFTAG_COLORMAP, &channels[0], &channels[1], &channels[2]) == 0) {
    throw DecodeFailure{"corrupt TIFF: no palette"};
  }
  TiffPalette palette(std::size_t{1} << samples.bits);
  for (std::size_t i = 0; i < palette.size(); ++i) {
    for (std::size_t c = 0; c < 3; ++c) {
      palette[i][c] = static_cast<std::uint8_t>(channels[c][i] >> 8);
    }
  }
  return palette;
}

/// Where unpacked samples go: [height, width, samples.used].
struct SampleImage {
  std::uint32_t width;
  std::uint32_t height;
  TiffSamples samples;
  std::vector<std::uint8_t> unpacked;

  std::uint8_t* at(std::uint32_t x, std::uint32_t y, int sample) {
    return unpacked.data() + (std::size_t{y} * width + x) * static_cast<std::size_t>(samples.used) +
           sample;
  }
};

/// One pass over the file's rows or tiles: those of all channels, or of one channel.
struct Pass {
  std::uint16_t plane = 0;
  TiffSamples samples;
};

void read_rows(const TiffFile& file, SampleImage& image, const Pass& pass) {
  std::vector<std::uint8_t> row(static_cast<std::size_t>(TIFFScanlineSize(file.get())));
  const auto bits = static_cast<std::uint64_t>(pass.samples.bits) * pass.samples.stored;
  if (row.size() < (image.width * bits + 7) / 8) file.fail();
  for (std::uint32_t y = 0; y < image.height; ++y) {
    if (TIFFReadScanline(file.get(), row.data(), y, pass.plane) < 0) file.fail();
    unpack_samples(row.data(), pass.samples, image.width, image.at(0, y, pass.plane),
                   static_cast<std::size_t>(image.samples.used));
  }
}

void read_tiles(const TiffFile& file, SampleImage& image, const Pass& pass) {
  const auto tile_width = file.field<std::uint32_t>(TIFFTAG_TILEWIDTH);
  const auto tile_height = file.field<std::uint32_t>(TIFFTAG_TILELENGTH);
  const std::uint64_t size = TIFFTileSize64(file.get());
  const auto row = static_cast<std::uint64_t>(TIFFTileRowSize64(file.get()));
  const auto bits = static_cast<std::uint64_t>(pass.samples.bits) * pass.samples.stored;
  if (tile_width == 0 || tile_height == 0 || row < (tile_width * bits + 7) / 8 ||
      size < row * tile_height) {
    file.fail();
  }
  std::vector<std::uint8_t> tile(size);
  for (std::uint32_t y = 0; y < image.height; y += std::min(tile_height, image.height - y)) {
    for (std::uint32_t x = 0; x < image.width; x += std::min(tile_width, image.width - x)) {
      const auto index = TIFFComputeTile(file.get(), x, y, 0, pass.plane);
      if (TIFFReadEncodedTile(file.get(), index, tile.data(), static_cast<tmsize_t>(size)) < 0) {
        file.fail();
      }
      const std::uint32_t columns = std::min(tile_width, image.width - x);
      const std::uint32_t rows = std::min(tile_height, image.height - y);
      for (std::uint32_t i = 0; i < rows; ++i) {
        unpack_samples(tile.data() + i * row, pass.samples, columns, image.at(x, y + i, pass.plane),
                       static_cast<std::size_t>(image.samples.used));
      }
    }
  }
}

void read_samples(const TiffFile& file, SampleImage& image) {
  const bool is_tiled = TIFFIsTiled(file.get()) != 0;
  const bool is_separate = file.field<std::uint16_t>(TIFFTAG_PLANARCONFIG) == PLANARCONFIG_SEPARATE;
  const int passes = is_separate ? image.samples.used : 1;
  for (int plane = 0; plane < passes; ++plane) {
    Pass pass{static_cast<std::uint16_t>(plane), image.samples};
    if (is_separate) pass.samples.stored = pass.samples.used = 1;
    is_tiled ? read_tiles(file, image, pass) : read_rows(file, image, pass);
  }
}

/// Reads YCbCr through libtiff's own conversion, as PIL does.
std::vector<std::uint8_t> read_as_rgba(const TiffFile& file, std::uint32_t width,
                                       std::uint32_t height) {
  char cause[1024] = {};
  TIFFRGBAImage reader;
  if (TIFFRGBAImageOK(file.get(), cause) == 0 ||
      TIFFRGBAImageBegin(&reader, file.get(), 1, cause) == 0) {
    throw DecodeFailure{std::string("corrupt TIFF: ") + cause};
  }
  std::vector<std::uint32_t> raster(std::size_t{width} * height);
  reader.req_orientation = reader.orientation;  // the pixels as they are stored
  const int status = TIFFRGBAImageGet(&reader, raster.data(), width, height);
  TIFFRGBAImageEnd(&reader);
  if (status == 0) file.fail();
  std::vector<std::uint8_t> rgb(raster.size() * 3);
  for (std::size_t i = 0; i < raster.size(); ++i) {
    rgb[3 * i] = static_cast<std::uint8_t>(TIFFGetR(raster[i]));
    rgb[3 * i + 1] = static_cast<std::uint8_t>(TIFFGetG(raster[i]));
    rgb[3 * i + 2] = static_cast<std::uint8_t>(TIFFGetB(raster[i]));
  }
  return rgb;
}

/// PIL turns a TIFF upright whenever it reads one.
int orientation_of(const TiffFile& file, Bytes bytes) {
  if (const auto orientation = tiff_orientation(bytes)) return *orientation;
  std::uint32_t size = 0;
  const std::uint8_t* xmp = nullptr;
  if (TIFFGetField(file.get(), TIFFTAG_XMLPACKET, &size, &xmp) == 0 || xmp == nullptr) {
    return kUpright;
  }
  return xmp_orientation({xmp, size}).value_or(kUpright);
}

}  // namespace

Image decode_with_libtiff(Bytes original, const DecodeOptions& options) {
  const std::vector<std::uint8_t> mended = mended_tiff(original);
  const Bytes file = mended.empty() ? original : Bytes(mended);
  // Enough for a whole strip of the largest image that may be read.
  const TiffFile tiff(file, (std::size_t{64} << 20) + 8 * options.max_pixels);
  const auto width = tiff.field<std::uint32_t>(TIFFTAG_IMAGEWIDTH);
  const auto height = tiff.field<std::uint32_t>(TIFFTAG_IMAGELENGTH);
  DecoderMemory memory = tiff_memory(tiff.get());
  memory.other_bytes += mended.size();
  check_dense_extent(width, height, original.size(), memory, options);
  const auto compression = tiff.field<std::uint16_t>(TIFFTAG_COMPRESSION);
  auto photometric = tiff.field<std::uint16_t>(TIFFTAG_PHOTOMETRIC);
  if (compression != COMPRESSION_OJPEG &&
      TIFFGetField(tiff.get(), TIFFTAG_PHOTOMETRIC, &photometric) == 0 &&
      tiff.field<std::uint16_t>(TIFFTAG_SAMPLESPERPIXEL) > 1) {
    throw DecodeFailure{"corrupt TIFF: it does not say what its samples mean"};
  }
  // Its data state a size of their own, which libtiff believes. PIL does not read it either.
  if (compression == COMPRESSION_JBIG) throw DecodeFailure{"TIFF: compression JBIG is not read"};
  if (TIFFIsCODECConfigured(compression) == 0) {
    throw DecodeFailure{
        fmt::format("TIFF: this build of libtiff lacks compression {}", compression)};
  }

  Image image{width, height, {}};
  if (is_read_as_rgba(tiff.get())) {
    image.rgb = read_as_rgba(tiff, width, height);
  } else {
    if (photometric == PHOTOMETRIC_YCBCR) {
      TIFFSetField(tiff.get(), TIFFTAG_JPEGCOLORMODE, JPEGCOLORMODE_RGB);
      photometric = PHOTOMETRIC_RGB;
    }
    SampleImage samples{width, height, samples_of(tiff, photometric), {}};
    const TiffPalette palette = palette_of(tiff, samples.samples);
    samples.unpacked.resize(std::size_t{width} * height *
                            static_cast<std::size_t>(samples.samples.used));
    read_samples(tiff, samples);
    image.rgb = rgb_from_samples(std::move(samples.unpacked), samples.samples, palette);
  }
  const int orientation = orientation_of(tiff, file);
  check_turn(image, orientation, original.size());
  return upright(std::move(image), orientation);
}

}  // namespace gfnet::image
