#include "sources/pixel_converter.h"

#include <gfnet/error.h>

#include <new>

namespace live {
namespace {

/// Row widths are padded to a multiple of this many pixels. Otherwise swscale may write beyond the
/// end of a row.
constexpr std::uint32_t kRowAlignment = 32;
constexpr int kBufferAlignment = 64;
constexpr std::uint32_t kPixelBytes = 4;

}  // namespace

void PixelConverter::convert(const AVFrame& frame, int width, Orientation orientation,
                             std::uint8_t* target) {
  const auto columns = static_cast<std::uint32_t>(width);
  const auto rows = static_cast<std::uint32_t>(frame.height);
  if (orientation.is_upright() && columns % kRowAlignment == 0) {
    scale(frame, width, target, std::size_t{columns} * kPixelBytes);
    return;
  }
  const std::size_t stride =
      (std::size_t{columns} + kRowAlignment - 1) / kRowAlignment * kRowAlignment * kPixelBytes;
  if (rows_bytes_ < stride * rows) {
    rows_bytes_ = stride * rows;
    rows_.reset(static_cast<std::uint8_t*>(av_malloc(rows_bytes_ + kBufferAlignment)));
    if (!rows_) throw std::bad_alloc();
  }
  scale(frame, width, rows_.get(), stride);
  turn_image({rows_.get(), stride, columns, rows}, orientation, target);
}

void PixelConverter::scale(const AVFrame& frame, int width, std::uint8_t* target,
                           std::size_t stride) {
  const auto format = static_cast<AVPixelFormat>(frame.format);
  SwsContext* const scaler =
      sws_getCachedContext(scaler_.release(), frame.width, frame.height, format, width,
                           frame.height, AV_PIX_FMT_RGB0, SWS_BICUBIC, nullptr, nullptr, nullptr);
  if (scaler == nullptr) {
    throw gfnet::Error(name_ + ": FFmpeg cannot convert its pixel format");
  }
  scaler_.reset(scaler);
  const int* const matrix = sws_getCoefficients(
      frame.colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_DEFAULT : frame.colorspace);
  const int full_range = frame.color_range == AVCOL_RANGE_JPEG ? 1 : 0;
  int* ignored = nullptr;
  int source_range = 0;
  int target_range = 0;
  int brightness = 0;
  int contrast = 0;
  int saturation = 0;
  if (sws_getColorspaceDetails(scaler, &ignored, &source_range, &ignored, &target_range,
                               &brightness, &contrast, &saturation) >= 0) {
    // swscale knows by itself that some formats are full-range.
    sws_setColorspaceDetails(scaler, matrix, source_range | full_range, matrix, target_range,
                             brightness, contrast, saturation);
  }
  std::uint8_t* const targets[4] = {target, nullptr, nullptr, nullptr};
  const int strides[4] = {static_cast<int>(stride), 0, 0, 0};
  sws_scale(scaler, frame.data, frame.linesize, 0, frame.height, targets, strides);
}

}  // namespace live
