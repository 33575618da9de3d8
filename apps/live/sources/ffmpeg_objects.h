#pragma once

#include <memory>
#include <string>

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavformat/avformat.h>
#include <libavutil/error.h>
#include <libavutil/frame.h>
#include <libavutil/mem.h>
#include <libswscale/swscale.h>
}

/// Owning pointers to FFmpeg's objects.
namespace live {

struct CloseInput {
  void operator()(AVFormatContext* context) const { avformat_close_input(&context); }
};
struct FreeDecoder {
  void operator()(AVCodecContext* context) const { avcodec_free_context(&context); }
};
struct FreeFrame {
  void operator()(AVFrame* frame) const { av_frame_free(&frame); }
};
struct FreePacket {
  void operator()(AVPacket* packet) const { av_packet_free(&packet); }
};
struct FreeScaler {
  void operator()(SwsContext* context) const { sws_freeContext(context); }
};
struct FreeBytes {
  void operator()(std::uint8_t* bytes) const { av_free(bytes); }
};

using OwnedInput = std::unique_ptr<AVFormatContext, CloseInput>;
using OwnedDecoder = std::unique_ptr<AVCodecContext, FreeDecoder>;
using OwnedFrame = std::unique_ptr<AVFrame, FreeFrame>;
using OwnedPacket = std::unique_ptr<AVPacket, FreePacket>;
using OwnedScaler = std::unique_ptr<SwsContext, FreeScaler>;
using OwnedBytes = std::unique_ptr<std::uint8_t, FreeBytes>;

/// Initialises FFmpeg. Must be called before any other FFmpeg function; repeated calls do nothing.
void prepare_ffmpeg();

/// FFmpeg's text for one of its error codes.
std::string ffmpeg_error(int code);

}  // namespace live
