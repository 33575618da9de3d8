#pragma once

#include <map>
#include <string>

#include "clock.h"
#include "ffmpeg_objects.h"
#include "frame_source.h"

namespace live {

using FfmpegOptions = std::map<std::string, std::string>;

/// What to open, in FFmpeg's terms.
struct FfmpegAddress {
  /// An input format's name, "v4l2" or "lavfi"; empty: told by the content.
  std::string format;
  std::string url;
  FfmpegOptions options;
  /// For a person.
  std::string name;
  /// When nothing comes for a while, it is lost.
  bool may_vanish = false;
  /// It comes as fast as it is asked for; so if it has an end it is no live source.
  bool is_fetched = false;
};

/// So many damaged pieces in a row are no accident.
constexpr int kMostDamaged = 100;

/// The video of an input: what it says of itself, and its packets. One thread at a time may read,
/// or look at the stream; name and liveness stay what they are.
class VideoInput {
 public:
  /// Throws gfnet::Error, or Cancelled.
  VideoInput(const FfmpegAddress& address, StopCheck stop);
  VideoInput(const VideoInput&) = delete;
  VideoInput& operator=(const VideoInput&) = delete;

  /// Waits for the next packet. False at the end. Throws gfnet::Error if the source fails or says
  /// nothing for long, or Cancelled.
  bool read(AVPacket& packet);

  /// Whether it delivers at a pace of its own and has no end.
  bool is_live() const { return is_live_; }
  const std::string& name() const { return name_; }
  /// Of the pictures, as long as nothing has been read.
  const AVStream& stream() const { return *input_->streams[stream_]; }
  const AVCodec& codec() const { return *codec_; }

 private:
  static int is_enough(void* self);
  [[noreturn]] void fail(int code) const;
  void open(const FfmpegAddress& address);
  void find_video();

  std::string name_;
  bool may_vanish_ = false;
  bool is_live_ = false;
  StopCheck stop_;
  /// When the source was last asked for something, and how long it may take to answer.
  Clock::time_point asked_ = Clock::now();
  double patience_s_ = 0;
  OwnedInput input_;
  const AVCodec* codec_ = nullptr;
  int stream_ = -1;
};

}  // namespace live
