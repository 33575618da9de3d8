#include <webp/decode.h>
#include <webp/demux.h>

#include <memory>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

struct DemuxerDeleter {
  void operator()(WebPDemuxer* demuxer) const { WebPDemuxDelete(demuxer); }
};

/// Owns what a WebPIterator refers to.
class FirstFrame {
 public:
  explicit FirstFrame(const WebPDemuxer* demuxer) {
    if (WebPDemuxGetFrame(demuxer, 1, &frame_) == 0) throw DecodeFailure{"corrupt WebP: no frame"};
  }
  FirstFrame(const FirstFrame&) = delete;
  FirstFrame& operator=(const FirstFrame&) = delete;
  ~FirstFrame() { WebPDemuxReleaseIterator(&frame_); }

  const WebPIterator& operator*() const { return frame_; }

 private:
  WebPIterator frame_{};
};

std::unique_ptr<WebPDemuxer, DemuxerDeleter> open(Bytes file) {
  const WebPData data{file.data(), file.size()};
  WebPDemuxState state = WEBP_DEMUX_PARSE_ERROR;
  std::unique_ptr<WebPDemuxer, DemuxerDeleter> demuxer(WebPDemuxPartial(&data, &state));
  if (state == WEBP_DEMUX_PARSE_ERROR) throw DecodeFailure{"corrupt WebP"};
  if (state != WEBP_DEMUX_DONE) throw DecodeFailure{"truncated WebP"};
  if (!demuxer) throw DecodeFailure{"not enough memory to read the WebP"};
  return demuxer;
}

std::string cause_of(VP8StatusCode status) {
  switch (status) {
    case VP8_STATUS_OUT_OF_MEMORY:
      return "not enough memory to decode it";
    case VP8_STATUS_UNSUPPORTED_FEATURE:
      return "the WebP has a feature that libwebp does not support";
    case VP8_STATUS_SUSPENDED:
    case VP8_STATUS_NOT_ENOUGH_DATA:
      return "truncated WebP";
    default:
      return "corrupt WebP";
  }
}

}  // namespace

Image decode_with_libwebp(Bytes file, const DecodeOptions& options) {
  const auto demuxer = open(file);
  const std::uint32_t width = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_WIDTH);
  const std::uint32_t height = WebPDemuxGetI(demuxer.get(), WEBP_FF_CANVAS_HEIGHT);
  const FirstFrame first(demuxer.get());
  const WebPIterator& frame = *first;
  // The image in the frame states its size again.
  WebPDecoderConfig config;
  if (WebPInitDecoderConfig(&config) == 0) throw DecodeFailure{"libwebp has another version"};
  const VP8StatusCode header =
      WebPGetFeatures(frame.fragment.bytes, frame.fragment.size, &config.input);
  if (header != VP8_STATUS_OK) throw DecodeFailure{cause_of(header)};
  const auto left = static_cast<std::uint64_t>(frame.x_offset);
  const auto top = static_cast<std::uint64_t>(frame.y_offset);
  const auto frame_width = static_cast<std::uint64_t>(config.input.width);
  const auto frame_height = static_cast<std::uint64_t>(config.input.height);
  if (left + frame_width > width || top + frame_height > height) {
    throw DecodeFailure{"corrupt WebP: its first frame is larger than the image"};
  }
  // A lossless image has four bytes a pixel besides the result, an alpha one.
  constexpr int kLossless = 2;
  const bool is_lossless = config.input.format == kLossless;
  const std::uint64_t pixel_bytes = is_lossless ? 7 : config.input.has_alpha != 0 ? 5 : 3;
  check_dense_extent(width, height, file.size(), pixel_bytes, options);

  // What the first frame of an animation does not cover is black, as in PIL.
  Image image{width, height, std::vector<std::uint8_t>(std::size_t{width} * height * 3)};
  const std::size_t row = std::size_t{width} * 3;
  const std::size_t start = top * row + left * 3;
  config.output.colorspace = MODE_RGB;
  config.output.is_external_memory = 1;
  config.output.u.RGBA.rgba = image.rgb.data() + start;
  config.output.u.RGBA.stride = static_cast<int>(row);
  config.output.u.RGBA.size = image.rgb.size() - start;
  const VP8StatusCode status = WebPDecode(frame.fragment.bytes, frame.fragment.size, &config);
  WebPFreeDecBuffer(&config.output);
  if (status != VP8_STATUS_OK) throw DecodeFailure{cause_of(status)};
  return image;
}

}  // namespace gfnet::image
