#include "png_file.h"

#include <gfnet/error.h>

#include <cerrno>
#include <fstream>
#include <memory>
#include <new>
#include <system_error>

extern "C" {
#include <libavcodec/avcodec.h>
}

namespace live {
namespace {

struct FreeEncoder {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};

}  // namespace

void write_png(const std::string& path, std::span<const std::byte> pixels, std::uint32_t width,
               std::uint32_t height, bool blue_first) {
  const AVCodec* const codec = avcodec_find_encoder(AV_CODEC_ID_PNG);
  if (codec == nullptr) throw gfnet::FormatError(path, "this FFmpeg cannot write PNG");
  const std::unique_ptr<AVCodecContext, FreeEncoder> encoder(avcodec_alloc_context3(codec));
  const std::unique_ptr<AVFrame, FreeFrame> frame(av_frame_alloc());
  const std::unique_ptr<AVPacket, FreePacket> packet(av_packet_alloc());
  if (!encoder || !frame || !packet) throw std::bad_alloc();
  encoder->width = static_cast<int>(width);
  encoder->height = static_cast<int>(height);
  encoder->pix_fmt = AV_PIX_FMT_RGB24;
  encoder->time_base = {1, 1};
  frame->width = encoder->width;
  frame->height = encoder->height;
  frame->format = encoder->pix_fmt;
  if (avcodec_open2(encoder.get(), codec, nullptr) < 0 || av_frame_get_buffer(frame.get(), 0) < 0) {
    throw gfnet::FormatError(path, "this FFmpeg cannot write PNG");
  }
  const std::size_t red = blue_first ? 2 : 0;
  const std::byte* from = pixels.data();
  for (std::uint32_t row = 0; row < height; ++row) {
    std::uint8_t* to = frame->data[0] + static_cast<std::ptrdiff_t>(row) * frame->linesize[0];
    for (std::uint32_t column = 0; column < width; ++column, from += 4, to += 3) {
      to[0] = std::to_integer<std::uint8_t>(from[red]);
      to[1] = std::to_integer<std::uint8_t>(from[1]);
      to[2] = std::to_integer<std::uint8_t>(from[2 - red]);
    }
  }
  if (avcodec_send_frame(encoder.get(), frame.get()) < 0 ||
      avcodec_receive_packet(encoder.get(), packet.get()) < 0) {
    throw gfnet::FormatError(path, "cannot be encoded");
  }
  std::ofstream file(path, std::ios::binary);
  file.write(reinterpret_cast<const char*>(packet->data), packet->size);
  file.close();
  if (!file) throw gfnet::FormatError(path, std::system_category().message(errno));
}

}  // namespace live
