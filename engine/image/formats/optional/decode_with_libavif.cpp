#include <avif/avif.h>

#include <algorithm>
#include <memory>
#include <new>

#include "image/formats/decoders.h"
#include "image/metadata/orientation_tags.h"
#include "image/orientation.h"

namespace gfnet::image {
namespace {

struct AvifDeleter {
  void operator()(avifDecoder* decoder) const { avifDecoderDestroy(decoder); }
};

void require(avifResult result) {
  if (result == AVIF_RESULT_OK) return;
  if (result == AVIF_RESULT_OUT_OF_MEMORY) throw std::bad_alloc();
  if (result == AVIF_RESULT_NO_CODEC_AVAILABLE) {
    throw DecodeFailure{"AVIF: this build of libavif lacks a decoder"};
  }
  const bool is_cut = result == AVIF_RESULT_TRUNCATED_DATA;
  throw DecodeFailure{std::string(is_cut ? "truncated AVIF: " : "corrupt AVIF: ") +
                      avifResultToString(result)};
}

/// The orientation that the properties irot and imir of an image mean: first a turn anticlockwise
/// by a multiple of 90°, then a mirroring. Source: ISO/IEC 23008-12, 6.5.10 and 6.5.12.
int orientation_of(const avifImage& image) {
  const bool turned = (image.transformFlags & AVIF_TRANSFORM_IROT) != 0;
  const bool mirrored = (image.transformFlags & AVIF_TRANSFORM_IMIR) != 0;
  const int quarters = turned ? image.irot.angle & 3 : 0;
#if AVIF_VERSION >= 1000000
  const bool exchanges_sides = image.imir.axis != 0;  // left and right rather than top and bottom
#else
  const bool exchanges_sides = image.imir.mode != 0;
#endif
  constexpr int kTurned[4] = {1, 8, 3, 6};
  constexpr int kSidesExchanged[4] = {2, 7, 4, 5};
  constexpr int kTopsExchanged[4] = {4, 5, 2, 7};
  if (!mirrored) return kTurned[quarters];
  return exchanges_sides ? kSidesExchanged[quarters] : kTopsExchanged[quarters];
}

/// What PIL's exif_transpose applies: the properties, and without them XMP where there is no EXIF.
int applied_orientation(const avifImage& image) {
  const int orientation = orientation_of(image);
  if (orientation != kUpright || image.exif.size > 0 || image.xmp.size == 0) return orientation;
  return xmp_orientation({image.xmp.data, image.xmp.size}).value_or(kUpright);
}

/// The stored samples twice, as parts of a grid or before film grain and after, and the result.
std::uint64_t pixel_bytes(const avifImage& image, bool has_alpha) {
  const std::uint64_t half_samples = image.yuvFormat == AVIF_PIXEL_FORMAT_YUV444   ? 6
                                     : image.yuvFormat == AVIF_PIXEL_FORMAT_YUV422 ? 4
                                     : image.yuvFormat == AVIF_PIXEL_FORMAT_YUV420 ? 3
                                                                                   : 2;
  const std::uint64_t size = image.depth > 8 ? 2 : 1;
  const std::uint64_t alpha = has_alpha ? 1 : 0;
  return 3 + alpha + (half_samples + 2 * alpha) * size;
}

}  // namespace

Image decode_with_libavif(Bytes file, const DecodeOptions& options) {
  const std::unique_ptr<avifDecoder, AvifDeleter> decoder(avifDecoderCreate());
  if (!decoder) throw std::bad_alloc();
  // As in PIL: writers of AVIF get these properties wrong, and nothing here depends on them.
  decoder->strictFlags &=
      ~static_cast<avifStrictFlags>(AVIF_STRICT_CLAP_VALID | AVIF_STRICT_PIXI_REQUIRED);
  require(avifDecoderSetIOMemory(decoder.get(), file.data(), file.size()));
  require(avifDecoderParse(decoder.get()));
  check_dense_extent(decoder->image->width, decoder->image->height, file.size(),
                     pixel_bytes(*decoder->image, decoder->alphaPresent != 0), options);
  require(avifDecoderNextImage(decoder.get()));
  const avifImage& stored = *decoder->image;

  // Without an alpha of its own, the result would be multiplied by the image's alpha.
  const bool has_alpha = stored.alphaPlane != nullptr;
  Image image{stored.width, stored.height, {}};
  avifRGBImage rgb;
  avifRGBImageSetDefaults(&rgb, &stored);
  rgb.depth = 8;
  rgb.format = has_alpha ? AVIF_RGB_FORMAT_RGBA : AVIF_RGB_FORMAT_RGB;
  const std::uint32_t channels = has_alpha ? 4 : 3;
  const std::size_t pixels = std::size_t{image.width} * image.height;
  image.rgb.resize(pixels * channels);
  rgb.pixels = image.rgb.data();
  rgb.rowBytes = image.width * channels;
  require(avifImageYUVToRGB(&stored, &rgb));
  if (has_alpha) {
    for (std::size_t i = 0; i < pixels; ++i) {
      std::copy_n(&image.rgb[4 * i], 3, &image.rgb[3 * i]);
    }
    image.rgb.resize(pixels * 3);
  }
  if (!options.apply_orientation) return image;
  const int orientation = applied_orientation(stored);
  check_turn(image, orientation, file.size());
  return upright(std::move(image), orientation);
}

}  // namespace gfnet::image
