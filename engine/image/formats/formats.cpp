#include "image/formats/formats.h"

#include <algorithm>

#include "image/formats/other_formats.h"

namespace gfnet::image {
namespace {

using namespace std::string_view_literals;

bool is_jpeg(Bytes file) { return holds(file, 0, "\xFF\xD8\xFF"sv); }
bool is_png(Bytes file) { return holds(file, 0, "\x89PNG\r\n\x1A\n"sv); }
bool is_bmp(Bytes file) { return holds(file, 0, "BM"sv); }
bool is_gif(Bytes file) { return holds(file, 0, "GIF87a"sv) || holds(file, 0, "GIF89a"sv); }
bool is_psd(Bytes file) { return holds(file, 0, "8BPS"sv); }

/// Whether the file begins with P and one of the letters, and then white space or a comment.
bool is_netpbm(Bytes file, std::string_view letters) {
  return file.size() > 2 && file[0] == 'P' && letters.find(char(file[1])) != letters.npos &&
         " \t\n\v\f\r#"sv.find(char(file[2])) != letters.npos;
}

bool is_pnm(Bytes file) { return is_netpbm(file, "123456"sv); }
bool is_pam(Bytes file) { return is_netpbm(file, "7"sv); }
bool is_pfm(Bytes file) { return is_netpbm(file, "fF"sv); }
bool is_webp(Bytes file) { return holds(file, 0, "RIFF"sv) && holds(file, 8, "WEBP"sv); }
bool is_tiff(Bytes file) {
  // The third and fourth: BigTIFF. The last two: from writers that exchange the bytes of 42.
  constexpr std::string_view kMarks[] = {"II*\0"sv, "MM\0*"sv, "II+\0"sv,
                                         "MM\0+"sv, "II\0*"sv, "MM*\0"sv};
  const bool has_mark =
      std::ranges::any_of(kMarks, [file](auto mark) { return holds(file, 0, mark); });
  return has_mark && other_format(file).empty();  // raw files of cameras have this mark, too
}
bool is_jpeg_xl(Bytes file) { return holds(file, 0, "\xFF\x0A"sv) || holds(file, 4, "JXL \r\n"sv); }

/// Whether the file begins with an ISO-BMFF box "ftyp" that names the brand, as its own or among
/// those that the file is compatible with.
bool has_brand(Bytes file, std::string_view brand) {
  if (!holds(file, 4, "ftyp"sv)) return false;
  const std::size_t end = std::min<std::size_t>(file.size(), read_big(file, 0, 4));
  for (std::size_t offset = 8; offset + 4 <= end; offset += 4) {
    const bool is_version = offset == 12;  // between the own brand and the others
    if (!is_version && holds(file, offset, brand)) return true;
  }
  return false;
}

bool is_avif(Bytes file) { return has_brand(file, "avif"sv) || has_brand(file, "avis"sv); }

bool is_heif(Bytes file) {
  constexpr std::string_view kBrands[] = {"heic"sv, "heix"sv, "heim"sv, "heis"sv, "hevc"sv,
                                          "hevx"sv, "mif1"sv, "mif2"sv, "msf1"sv};
  return std::ranges::any_of(kBrands, [file](auto brand) { return has_brand(file, brand); });
}

/// TGA has no signature, so this tests whether the header's fields are consistent.
bool is_tga(Bytes file) {
  if (file.size() < 18 || file[1] > 1 || !other_format(file).empty()) return false;
  const bool has_palette = file[1] == 1;
  const int kind = file[2] & ~8;  // bit 3: run-length encoded
  const int bits = file[16];
  const int palette_bits = file[7];
  const bool palette_fits = !has_palette || palette_bits == 15 || palette_bits == 16 ||
                            palette_bits == 24 || palette_bits == 32;
  const bool kind_fits = kind == 1   ? has_palette && (bits == 8 || bits == 16)
                         : kind == 2 ? bits == 15 || bits == 16 || bits == 24 || bits == 32
                                     : kind == 3 && (bits == 1 || bits == 8 || bits == 16);
  return kind_fits && palette_fits && (file[12] | file[13]) != 0 && (file[14] | file[15]) != 0;
}

// Without their own libraries, these three go through stb_image.
#ifdef GFNET_WITH_LIBJPEG
constexpr std::string_view kJpegLibrary = "libjpeg-turbo";
#else
constexpr std::string_view kJpegLibrary = "stb_image";
#endif
#ifdef GFNET_WITH_LIBPNG
constexpr std::string_view kPngLibrary = "libpng";
#else
constexpr std::string_view kPngLibrary = "stb_image";
#endif
#ifdef GFNET_WITH_GIFLIB
constexpr std::string_view kGifLibrary = "giflib";
#else
constexpr std::string_view kGifLibrary = "stb_image";
#endif
#ifdef GFNET_WITH_LIBWEBP
constexpr Decoder kDecodeWebp = decode_with_libwebp;
#else
constexpr Decoder kDecodeWebp = nullptr;
#endif
#ifdef GFNET_WITH_LIBTIFF
constexpr Decoder kDecodeTiff = decode_with_libtiff;
#else
constexpr Decoder kDecodeTiff = nullptr;
#endif
#ifdef GFNET_WITH_LIBHEIF
constexpr Decoder kDecodeHeif = decode_heif_with_libheif;
#else
constexpr Decoder kDecodeHeif = nullptr;
#endif
// PIL decodes AVIF with libavif, too.
#if defined(GFNET_WITH_LIBAVIF)
constexpr Decoder kDecodeAvif = decode_with_libavif;
constexpr std::string_view kAvifLibrary = "libavif";
#elif defined(GFNET_WITH_LIBHEIF)
constexpr Decoder kDecodeAvif = decode_avif_with_libheif;
constexpr std::string_view kAvifLibrary = "libheif";
#else
constexpr Decoder kDecodeAvif = nullptr;
constexpr std::string_view kAvifLibrary = "libavif";
#endif
#ifdef GFNET_WITH_LIBJXL
constexpr Decoder kDecodeJpegXl = decode_with_libjxl;
#else
constexpr Decoder kDecodeJpegXl = nullptr;
#endif

constexpr Format kFormats[] = {
    {"JPEG", is_jpeg, decode_jpeg, kJpegLibrary},
    {"PNG", is_png, decode_png, kPngLibrary},
    {"BMP", is_bmp, decode_bmp},
    {"GIF", is_gif, decode_gif, kGifLibrary},
    {"PSD", is_psd, decode_psd},
    {"PNM", is_pnm, decode_pnm},
    {"PAM", is_pam},
    {"PFM", is_pfm},
    {"WebP", is_webp, kDecodeWebp, "libwebp"},
    {"TIFF", is_tiff, kDecodeTiff, "libtiff"},
    {"AVIF", is_avif, kDecodeAvif, kAvifLibrary},
    {"HEIF", is_heif, kDecodeHeif, "libheif"},
    {"JPEG XL", is_jpeg_xl, kDecodeJpegXl, "libjxl"},
    {"TGA", is_tga, decode_tga},
};

}  // namespace

std::span<const Format> formats() { return kFormats; }

const Format* find_format(Bytes file) {
  const auto* const found =
      std::ranges::find_if(kFormats, [file](const Format& format) { return format.matches(file); });
  return found == std::end(kFormats) ? nullptr : found;
}

std::string readable_formats() {
  std::string names;
  std::string last;
  for (const Format& format : kFormats) {
    if (format.decode == nullptr) continue;
    if (!last.empty()) names += names.empty() ? last : ", " + last;
    last = format.name;
  }
  return names.empty() ? last : names + " and " + last;
}

}  // namespace gfnet::image
