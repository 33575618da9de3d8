#pragma once

#include <map>
#include <string>

#include "sources/clock.h"
#include "sources/ffmpeg_objects.h"
#include "sources/frame_source.h"

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

/// Number of damaged packets in a row that are skipped. One more is an error.
constexpr int kMostDamaged = 100;

/// The video stream of an input: its parameters and its packets. One thread at a time may use
/// read() or stream(). name() and is_live() never change.
class VideoInput {
 public:
  /// Throws gfnet::Error, or Cancelled.
  VideoInput(const FfmpegAddress& address, StopCheck stop);
  VideoInput(const VideoInput&) = delete;
  VideoInput& operator=(const VideoInput&) = delete;

  /// Waits for the next video packet. False at the end. Throws gfnet::Error if the source fails or
  /// sends nothing for too long, or Cancelled.
  bool read(AVPacket& packet);

  /// Whether the input delivers at its own pace and has no end.
  bool is_live() const { return is_live_; }
  const std::string& name() const { return name_; }
  /// The video stream's parameters; reading packets may change them.
  const AVStream& stream() const { return *input_->streams[stream_]; }
  const AVCodec& codec() const { return *codec_; }

 private:
  /// FFmpeg calls this while it waits, and stops waiting once it returns 1. self: the VideoInput.
  static int is_enough(void* self);
  [[noreturn]] void fail(int code) const;
  void open(const FfmpegAddress& address);
  void find_video();

  std::string name_;
  bool may_vanish_ = false;
  bool is_live_ = false;
  StopCheck stop_;
  /// When the last call of read() began, or when this object was made.
  Clock::time_point asked_ = Clock::now();
  /// How many seconds the source may take to answer.
  double patience_s_ = 0;
  OwnedInput input_;
  const AVCodec* codec_ = nullptr;
  int stream_ = -1;
};

}  // namespace live
