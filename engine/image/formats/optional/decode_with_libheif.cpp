#include <fmt/format.h>
#include <libheif/heif.h>

#include <algorithm>
#include <memory>
#include <new>

#include "image/formats/decoders.h"
#include "image/formats/optional/heif_items.h"

namespace gfnet::image {
namespace {

struct HeifDeleter {
  void operator()(heif_context* context) const { heif_context_free(context); }
  void operator()(heif_image_handle* handle) const { heif_image_handle_release(handle); }
  void operator()(heif_image* image) const { heif_image_release(image); }
  void operator()(heif_decoding_options* options) const { heif_decoding_options_free(options); }
  void operator()(heif_color_profile_nclx* profile) const { heif_nclx_color_profile_free(profile); }
};

template <typename T>
using HeifPointer = std::unique_ptr<T, HeifDeleter>;

/// A file that libheif reads. format: AVIF or HEIF, for messages.
struct HeifFile {
  Bytes bytes;
  std::string_view format;
  HeifPointer<heif_context> context;

  /// The brand of sequences that the file names first, or "".
  std::string_view sequence_brand() const {
    constexpr std::string_view kBrands[] = {"msf1", "hevc", "hevx", "hevm", "hevs", "avis"};
    const std::size_t end = std::min<std::size_t>(bytes.size(), read_big(bytes, 0, 4));
    for (std::size_t offset = 8; offset + 4 <= end; offset += offset == 8 ? 8 : 4) {
      for (const std::string_view brand : kBrands) {
        if (holds(bytes, offset, brand)) return brand;
      }
    }
    return "";
  }

  void require(const heif_error& error) const {
    if (error.code == heif_error_Ok) return;
    if (error.code == heif_error_Memory_allocation_error &&
        error.subcode != heif_suberror_Security_limit_exceeded) {
      throw std::bad_alloc();
    }
    if (error.subcode == heif_suberror_Unsupported_codec) refuse_codec();
    const std::string message = error.message == nullptr ? "" : error.message;
    throw DecodeFailure{fmt::format("corrupt {}: {}", format, message)};
  }

  [[noreturn]] void refuse_codec() const {
    if (heif_have_decoder_for_format(heif_compression_HEVC) == 0) {
      throw DecodeFailure{fmt::format(
          "{}: this build of libheif lacks a decoder; install libheif-plugin-libde265", format)};
    }
    if (heif_have_decoder_for_format(heif_compression_AV1) == 0) {
      throw DecodeFailure{fmt::format(
          "{}: this build of libheif lacks a decoder; install libheif-plugin-dav1d", format)};
    }
    throw DecodeFailure{fmt::format("{} with a codec that libheif does not decode", format)};
  }
};

/// The image that the file names as its primary one.
HeifPointer<heif_image_handle> primary_image(const HeifFile& file) {
  heif_error error = heif_context_read_from_memory_without_copy(
      file.context.get(), file.bytes.data(), file.bytes.size(), nullptr);
  heif_image_handle* handle = nullptr;
  if (error.code == heif_error_Ok) {
    error = heif_context_get_primary_image_handle(file.context.get(), &handle);
  }
  const std::string_view brand = file.sequence_brand();
  if (error.code != heif_error_Ok && !brand.empty()) {
    throw DecodeFailure{
        fmt::format("{} sequence (brand {}) without a still image, which is not supported",
                    file.format == "AVIF" ? "an AVIF" : "a HEIF", brand)};
  }
  file.require(error);
  return HeifPointer<heif_image_handle>(handle);
}

Image decode_rgb(const HeifFile& file, const heif_image_handle* handle, bool turn) {
  const HeifPointer<heif_decoding_options> options(heif_decoding_options_alloc());
  if (!options) throw std::bad_alloc();
  options->ignore_transformations = turn ? 0 : 1;
  options->convert_hdr_to_8bit = 1;
  heif_image* decoded = nullptr;
  const heif_error error = heif_decode_image(handle, &decoded, heif_colorspace_RGB,
                                             heif_chroma_interleaved_RGB, options.get());
  const HeifPointer<heif_image> owner(decoded);
  file.require(error);

  int stride = 0;
  const std::uint8_t* rows =
      heif_image_get_plane_readonly(decoded, heif_channel_interleaved, &stride);
  const int width = heif_image_get_width(decoded, heif_channel_interleaved);
  const int height = heif_image_get_height(decoded, heif_channel_interleaved);
  if (rows == nullptr || width <= 0 || height <= 0 || stride / 3 < width) {
    throw DecodeFailure{fmt::format("corrupt {}", file.format)};
  }
  Image image{static_cast<std::uint32_t>(width), static_cast<std::uint32_t>(height), {}};
  const std::size_t row = std::size_t{image.width} * 3;
  image.rgb.resize(row * image.height);
  for (std::size_t y = 0; y < image.height; ++y, rows += stride) {
    std::memcpy(image.rgb.data() + y * row, rows, row);
  }
  return image;
}

/// turn: turn and mirror the image as the file says.
Image decode_heif_file(HeifFile file, const DecodeOptions& options, bool turn) {
  check_heif_items(file.bytes);
  file.context.reset(heif_context_alloc());
  if (!file.context) throw std::bad_alloc();
  // All cores decode images already.
  heif_context_set_max_decoding_threads(file.context.get(), 0);
  const auto handle = primary_image(file);
  const auto extent = [](int size) { return static_cast<std::uint64_t>(std::max(size, 0)); };
  // The stored samples, in libheif's steps up to RGB, and a copy of the RGB.
  const bool is_deep = heif_image_handle_get_luma_bits_per_pixel(handle.get()) > 8;
  check_dense_extent(std::max(extent(heif_image_handle_get_width(handle.get())),
                              extent(heif_image_handle_get_ispe_width(handle.get()))),
                     std::max(extent(heif_image_handle_get_height(handle.get())),
                              extent(heif_image_handle_get_ispe_height(handle.get()))),
                     file.bytes.size(), is_deep ? 20 : 10, options);
  return decode_rgb(file, handle.get(), turn);
}

}  // namespace

Image decode_avif_with_libheif(Bytes file, const DecodeOptions& options) {
  return decode_heif_file({file, "AVIF", nullptr}, options, options.apply_orientation);
}

Image decode_heif_with_libheif(Bytes file, const DecodeOptions& options) {
  return decode_heif_file({file, "HEIF", nullptr}, options, true);
}

}  // namespace gfnet::image
