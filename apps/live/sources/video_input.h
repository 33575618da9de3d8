#pragma once

#include <map>
#include <string>

#include "sources/clock.h"
#include "sources/ffmpeg_objects.h"
#include "sources/stop_check.h"

namespace live {

using FfmpegOptions = std::map<std::string, std::string>;

/// What FFmpeg needs to open a source.
struct FfmpegAddress {
  /// Name of the input format, such as "v4l2" or "lavfi"; empty: detected from the content.
  std::string format;
  std::string url;
  FfmpegOptions options;
  /// Name for the user.
  std::string name;
  /// Whether the source is a camera or a network stream. If no data come from such a source for
  /// some seconds, VideoInput throws gfnet::Error.
  bool may_vanish = false;
  /// Whether the source is read like a file, as fast as the reader wants (HTTP, FTP, …). Such a
  /// source is live only if it has no end.
  bool is_fetched = false;
};

/// Greatest number of damaged packets in a row that are skipped. One more damaged packet is an
/// error.
constexpr int kMostDamaged = 100;

/// Opens an input and gives the parameters and the packets of the video stream in it. One thread at
/// a time may use read() or stream(). The results of name() and is_live() never change.
class VideoInput {
 public:
  /// Opens the input and finds the video stream. Throws gfnet::Error if that fails, or Cancelled if
  /// `stop` returns true meanwhile.
  VideoInput(const FfmpegAddress& address, StopCheck stop);
  VideoInput(const VideoInput&) = delete;
  VideoInput& operator=(const VideoInput&) = delete;

  /// Waits for the next packet of the video stream. Returns false at the end of the stream. Throws
  /// gfnet::Error if the source fails or sends nothing for too long, and Cancelled if told to stop.
  bool read(AVPacket& packet);

  /// Whether the input delivers at its own pace and has no end.
  bool is_live() const { return is_live_; }
  const std::string& name() const { return name_; }
  /// The video stream's parameters; reading packets may change them.
  const AVStream& stream() const { return *input_->streams[stream_]; }
  const AVCodec& codec() const { return *codec_; }

 private:
  /// FFmpeg calls this function while FFmpeg waits for data. If the function returns 1, FFmpeg
  /// stops waiting. self: the VideoInput.
  static int is_enough(void* self);
  /// Whether the source has sent nothing for longer than it may.
  bool is_silent() const;
  [[noreturn]] void fail(int code) const;
  void open(const FfmpegAddress& address);
  void find_video();

  std::string name_;
  bool may_vanish_ = false;
  bool is_live_ = false;
  StopCheck stop_;
  /// When the last call of read() began. Before the first call: when this object was made.
  Clock::time_point asked_ = Clock::now();
  /// How many seconds the source may take to open or to send the next packet.
  double patience_s_ = 0;
  OwnedInput input_;
  const AVCodec* codec_ = nullptr;
  int stream_ = -1;
};

}  // namespace live
