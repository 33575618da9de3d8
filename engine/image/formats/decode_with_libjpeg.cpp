#include <csetjmp>
#include <cstddef>
#include <cstdio>

// jpeglib.h needs std::size_t and FILE declared before it.
#include <jerror.h>
#include <jpeglib.h>

#include <algorithm>
#include <memory>

#include "image/formats/colours.h"
#include "image/formats/decoders.h"

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
  std::vector<std::uint8_t> cmyk_row;

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

bool read_jpeg_rows(JpegSession& session, std::uint8_t* rgb) {
  if (setjmp(session.escape) != 0) return false;
  jpeg_decompress_struct& jpeg = session.jpeg;
  jpeg_start_decompress(&jpeg);
  const std::size_t stride = std::size_t{jpeg.output_width} * 3;
  while (jpeg.output_scanline < jpeg.output_height) {
    std::uint8_t* const pixels = rgb + stride * jpeg.output_scanline;
    JSAMPROW row = session.cmyk_row.empty() ? pixels : session.cmyk_row.data();
    jpeg_read_scanlines(&jpeg, &row, 1);
    if (row != pixels) convert_cmyk(row, pixels, jpeg.output_width);
  }
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
  Image image;
  image.width = session->jpeg.image_width;
  image.height = session->jpeg.image_height;
  check_extent(image.width, image.height, bytes.size(), jpeg_pixel_bytes(session->jpeg), options);
  const std::uint64_t pixels = std::uint64_t{image.width} * image.height;
  session->most_scans = std::clamp(kMaxScannedPixels / pixels, kFewScans, kMaxScans);
  if (session->jpeg.num_components == 4) session->cmyk_row.resize(std::size_t{image.width} * 4);
  image.rgb.resize(std::size_t{image.width} * image.height * 3);
  if (!read_jpeg_rows(*session, image.rgb.data())) fail_with_libjpeg(*session);
  return image;
}

}  // namespace gfnet::image
