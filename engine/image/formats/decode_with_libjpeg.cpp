#include <csetjmp>
#include <cstddef>
#include <cstdio>

// jpeglib.h needs std::size_t and FILE declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <cstring>
#include <iterator>
#include <memory>

#include "image/formats/colours.h"
#include "image/formats/decoders.h"

// Of libjpeg-turbo 2.1, because earlier ones had faults in jpeg_skip_scanlines().
#if defined(LIBJPEG_TURBO_VERSION_NUMBER) && LIBJPEG_TURBO_VERSION_NUMBER >= 2001000
#define GFNET_LIBJPEG_DECODES_PARTS
#endif

namespace gfnet::image {
namespace {

/// Largest number of scans in a progressive JPEG file, and of pixels in all scans together.
/// Encoders write about ten scans; a file with thousands would take minutes to decode. 50 scans are
/// always read.
constexpr std::uint64_t kMaxScans = 500;
constexpr std::uint64_t kFewScans = 50;
constexpr std::uint64_t kMaxScannedPixels = std::uint64_t{1} << 31;

/// State of one decode. libjpeg reports errors by longjmp, which must not skip a destructor. The
/// steps below therefore keep all their objects in this struct, and each step is a separate
/// function.
struct JpegSession {
  jpeg_decompress_struct jpeg{};
  jpeg_error_mgr errors{};
  jpeg_progress_mgr progress{};
  std::jmp_buf escape;
  std::uint64_t most_scans = kMaxScans;
  bool truncated = false;
  char message[JMSG_LENGTH_MAX] = {};
  /// A row as libjpeg gives it, where it cannot go to the image at once.
  std::vector<std::uint8_t> row;

  JpegSession() = default;
  JpegSession(const JpegSession&) = delete;
  JpegSession& operator=(const JpegSession&) = delete;
  ~JpegSession() { jpeg_destroy_decompress(&jpeg); }
};

[[noreturn]] void escape_from_libjpeg(j_common_ptr common) {
  JpegSession& session = *static_cast<JpegSession*>(common->client_data);
  common->err->format_message(common, session.message);
  std::longjmp(session.escape, 1);
}

/// Receives libjpeg's messages. A warning that means missing or wrong pixels ends the decode as an
/// error. Messages of level ≥ 0 are traces and are ignored.
void on_message(j_common_ptr common, int level) {
  if (level >= 0) return;
  JpegSession& session = *static_cast<JpegSession*>(common->client_data);
  switch (common->err->msg_code) {
    case JWRN_JPEG_EOF:
    case JWRN_HIT_MARKER:
      session.truncated = true;
      escape_from_libjpeg(common);
    case JWRN_HUFF_BAD_CODE:
    case JWRN_MUST_RESYNC:
      escape_from_libjpeg(common);
    default:
      break;
  }
}

void on_progress(j_common_ptr common) {
  const auto jpeg = reinterpret_cast<j_decompress_ptr>(common);
  JpegSession& session = *static_cast<JpegSession*>(common->client_data);
  if (static_cast<std::uint64_t>(jpeg->input_scan_number) > session.most_scans) {
    std::snprintf(session.message, sizeof session.message, "more than %d scans",
                  static_cast<int>(session.most_scans));
    std::longjmp(session.escape, 1);
  }
}

bool read_jpeg_header(JpegSession& session, Bytes bytes) {
  if (setjmp(session.escape) != 0) return false;
  session.jpeg.err = jpeg_std_error(&session.errors);
  session.jpeg.client_data = &session;
  session.errors.error_exit = escape_from_libjpeg;
  session.errors.emit_message = on_message;
  jpeg_create_decompress(&session.jpeg);
  session.progress.progress_monitor = on_progress;
  session.jpeg.progress = &session.progress;
  jpeg_mem_src(&session.jpeg, bytes.data(), static_cast<unsigned long>(bytes.size()));
  jpeg_read_header(&session.jpeg, TRUE);
  session.jpeg.out_color_space = session.jpeg.num_components == 4 ? JCS_CMYK : JCS_RGB;
  return true;
}

#ifdef GFNET_LIBJPEG_DECODES_PARTS
/// Whether libjpeg smooths blocks whose coefficients did not come in full: it then looks at blocks
/// farther away than kMarginBlocks.
bool smooths_blocks(const jpeg_decompress_struct& jpeg) {
  if (!jpeg.progressive_mode || jpeg.coef_bits == nullptr) return false;
  for (int channel = 0; channel < jpeg.num_components; ++channel) {
    const auto& bits = jpeg.coef_bits[channel];
    if (std::any_of(std::begin(bits), std::end(bits), [](int missing) { return missing != 0; })) {
      return true;
    }
  }
  return false;
}

/// Leaves out the columns and the first rows that `region` does not need. At the edge of what
/// libjpeg decodes, pixels differ: it mixes colours of neighbours there. So one block of the widest
/// sampling, or more, is decoded on either side. Returns the column of the first decoded pixel.
JDIMENSION leave_out(jpeg_decompress_struct& jpeg, const ImageRegion& region) {
  if (smooths_blocks(jpeg)) return 0;
  const auto block_width = static_cast<JDIMENSION>(jpeg.max_h_samp_factor * DCTSIZE);
  const auto block_height = static_cast<JDIMENSION>(jpeg.max_v_samp_factor * DCTSIZE);
  const auto before = [](JDIMENSION begin, JDIMENSION block) {
    return (begin - std::min(begin, block)) / block * block;
  };
  JDIMENSION first = before(region.left, block_width);
  const JDIMENSION right = region.left + region.width;
  const JDIMENSION end = right + std::min(block_width, jpeg.output_width - right);
  if (end - first < jpeg.output_width) {
    JDIMENSION width = end - first;
    jpeg_crop_scanline(&jpeg, &first, &width);
  }
  const JDIMENSION rows = before(region.top, block_height);
  if (rows > 0) jpeg_skip_scanlines(&jpeg, rows);
  return first;
}

/// Decodes the codes of the rows that are left, so that a fault in them is found. Skipping the last
/// row as well would end the decode at once.
void read_rest(JpegSession& session) {
  jpeg_decompress_struct& jpeg = session.jpeg;
  const JDIMENSION rows = jpeg.output_height - jpeg.output_scanline;
  if (rows > 1) jpeg_skip_scanlines(&jpeg, rows - 1);
  JSAMPROW row = session.row.data();
  if (rows > 0) jpeg_read_scanlines(&jpeg, &row, 1);
}
#endif

/// Decodes `region` to rgb: [region.height, region.width, 3].
bool read_jpeg_rows(JpegSession& session, const ImageRegion& region, std::uint8_t* rgb) {
  if (setjmp(session.escape) != 0) return false;
  jpeg_decompress_struct& jpeg = session.jpeg;
  jpeg_start_decompress(&jpeg);
  JDIMENSION first_column = 0;
#ifdef GFNET_LIBJPEG_DECODES_PARTS
  if (!session.row.empty()) first_column = leave_out(jpeg, region);
#endif
  const bool is_cmyk = jpeg.num_components == 4;
  const std::size_t before = std::size_t{region.left - first_column} * (is_cmyk ? 4 : 3);
  const std::size_t row_bytes = std::size_t{3} * region.width;
  while (jpeg.output_scanline < region.top + region.height) {
    const bool is_needed = jpeg.output_scanline >= region.top;
    std::uint8_t* const pixels =
        is_needed ? rgb + row_bytes * (jpeg.output_scanline - region.top) : nullptr;
    JSAMPROW row = session.row.empty() ? pixels : session.row.data();
    jpeg_read_scanlines(&jpeg, &row, 1);
    if (!is_needed || row == pixels) continue;
    if (is_cmyk) {
      convert_cmyk(row + before, pixels, region.width);
    } else {
      std::memcpy(pixels, row + before, row_bytes);
    }
  }
#ifdef GFNET_LIBJPEG_DECODES_PARTS
  read_rest(session);
#endif
  jpeg_finish_decompress(&jpeg);
  return true;
}

/// Bytes for each pixel: the result, and where the file has several scans, two bytes for each
/// sample of each channel.
std::uint64_t jpeg_pixel_bytes(jpeg_decompress_struct& jpeg) {
  constexpr std::uint64_t kRgb = 3;
  if (jpeg_has_multiple_scans(&jpeg) == 0) return kRgb;
  std::uint64_t samples = 0;  // of a block of most pixels
  std::uint64_t most = 1;
  for (int i = 0; i < jpeg.num_components; ++i) {
    const auto& channel = jpeg.comp_info[i];
    const auto size = static_cast<std::uint64_t>(channel.h_samp_factor * channel.v_samp_factor);
    samples += size;
    most = std::max(most, size);
  }
  return kRgb + (2 * samples + most - 1) / most;
}

[[noreturn]] void fail_with_libjpeg(const JpegSession& session) {
  throw DecodeFailure{std::string(session.truncated ? "truncated JPEG: " : "corrupt JPEG: ") +
                      session.message};
}

}  // namespace

bool libjpeg_reads_lossless() {
#ifdef LIBJPEG_TURBO_VERSION_NUMBER
  return LIBJPEG_TURBO_VERSION_NUMBER >= 3'000'000;
#else
  return false;
#endif
}

Image decode_with_libjpeg(Bytes bytes, const DecodeOptions& options) {
  const auto session = std::make_unique<JpegSession>();
  if (!read_jpeg_header(*session, bytes)) fail_with_libjpeg(*session);
  const std::uint32_t width = session->jpeg.image_width;
  const std::uint32_t height = session->jpeg.image_height;
  check_extent(width, height, bytes.size(), jpeg_pixel_bytes(session->jpeg), options);
  const std::uint64_t pixels = std::uint64_t{width} * height;
  session->most_scans = std::clamp(kMaxScannedPixels / pixels, kFewScans, kMaxScans);
  const ImageRegion whole{0, 0, width, height};
#ifdef GFNET_LIBJPEG_DECODES_PARTS
  const ImageRegion region = needed_region(width, height, options);
#else
  const ImageRegion region = whole;
#endif
  const bool is_cmyk = session->jpeg.num_components == 4;
  if (is_cmyk || region != whole) session->row.resize(std::size_t{width} * (is_cmyk ? 4 : 3));
  Image image{region.width, region.height, {}};
  if (region != whole) image.part_of = {width, height, region.left, region.top};
  image.rgb = pixel_memory(std::size_t{region.width} * region.height * 3, options);
  if (!read_jpeg_rows(*session, region, image.rgb.data())) fail_with_libjpeg(*session);
  return image;
}

}  // namespace gfnet::image
