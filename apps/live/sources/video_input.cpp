#include "sources/video_input.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <cerrno>
#include <cmath>
#include <new>
#include <string_view>
#include <thread>
#include <utility>

#include "sources/host.h"

namespace live {
namespace {

/// Time limits in seconds. kOpeningSeconds: for opening a network stream, that is for connecting
/// and for detecting the streams in it. kCameraOpeningSeconds: for opening a camera.
constexpr double kOpeningSeconds = 20;
constexpr double kCameraOpeningSeconds = 5;
/// A live source that sends nothing for kLiveSilenceSeconds is lost. For playlists and downloads
/// the limit is kFetchingSilenceSeconds.
constexpr double kLiveSilenceSeconds = 5;
constexpr double kFetchingSilenceSeconds = 20;
constexpr auto kPollInterval = std::chrono::milliseconds(2);

/// Whether the input is a playlist. FFmpeg fetches the segments of a playlist one by one.
bool is_playlist(const AVFormatContext& input) {
  const std::string_view format = input.iformat->name;
  return format == "hls" || format == "dash";
}

/// Whether the end of the input is known. The end of a video file at a URL is known, the end of a
/// camera is not.
bool has_end(const AVFormatContext& input) {
  if (input.duration != AV_NOPTS_VALUE && input.duration > 0) return true;
  return !is_playlist(input) && input.pb != nullptr &&
         (input.pb->seekable & AVIO_SEEKABLE_NORMAL) != 0;
}

}  // namespace

VideoInput::VideoInput(const FfmpegAddress& address, StopCheck stop)
    : name_(address.name),
      may_vanish_(address.may_vanish),
      stop_(std::move(stop)),
      patience_s_(address.format.empty() ? kOpeningSeconds : kCameraOpeningSeconds) {
  prepare_ffmpeg();
  open(address);
  find_video();
  is_live_ = may_vanish_ && !(address.is_fetched && has_end(*input_));
  patience_s_ = is_live_ && !is_playlist(*input_) ? kLiveSilenceSeconds : kFetchingSilenceSeconds;
}

int VideoInput::is_enough(void* self) {
  const auto* const input = static_cast<const VideoInput*>(self);
  return input->is_silent() || input->stop_() ? 1 : 0;
}

bool VideoInput::is_silent() const { return may_vanish_ && seconds_since(asked_) > patience_s_; }

void VideoInput::fail(int code) const {
  if (stop_()) throw Cancelled();
  // Some of FFmpeg's protocols report another error when is_enough() has ended them.
  if (code != AVERROR_EXIT && !is_silent()) {
    throw gfnet::Error(fmt::format("{}: {}", name_, ffmpeg_error(code)));
  }
  throw gfnet::Error(fmt::format("{}: no data for {} seconds", name_, std::lround(patience_s_)));
}

void VideoInput::open(const FfmpegAddress& address) {
  const AVInputFormat* format = nullptr;
  if (!address.format.empty()) {
    format = av_find_input_format(address.format.c_str());
    if (format == nullptr) {
      throw gfnet::Error(
          fmt::format("{}: this FFmpeg has no input format '{}'", name_, address.format));
    }
  }
  AVFormatContext* context = avformat_alloc_context();
  if (context == nullptr) throw std::bad_alloc();
  context->interrupt_callback = {&VideoInput::is_enough, this};
  // A silent camera must not keep the program from quitting.
  if (may_vanish_) context->flags |= AVFMT_FLAG_NONBLOCK;
  AVDictionary* options = nullptr;
  for (const auto& [key, value] : address.options) {
    av_dict_set(&options, key.c_str(), value.c_str(), 0);
  }
  const int opened = avformat_open_input(&context, address.url.c_str(), format, &options);
  av_dict_free(&options);
  if (opened == AVERROR(EIO) && may_vanish_ && !is_silent()) check_host(name_, address.url);
  if (opened < 0) fail(opened);  // the failed call has freed the context
  input_.reset(context);
  while (true) {
    const int found = avformat_find_stream_info(input_.get(), nullptr);
    if (found >= 0) return;
    if (found != AVERROR(EAGAIN)) fail(found);
    if (is_enough(this) != 0) fail(AVERROR_EXIT);
    std::this_thread::sleep_for(kPollInterval);
  }
}

void VideoInput::find_video() {
  stream_ = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &codec_, 0);
  if (stream_ == AVERROR_STREAM_NOT_FOUND) throw gfnet::Error(name_ + ": contains no video");
  if (stream_ == AVERROR_DECODER_NOT_FOUND) {
    throw gfnet::Error(name_ + ": this FFmpeg has no decoder for its video");
  }
  if (stream_ < 0) fail(stream_);
  for (unsigned i = 0; i < input_->nb_streams; ++i) {
    if (static_cast<int>(i) != stream_) input_->streams[i]->discard = AVDISCARD_ALL;
  }
}

bool VideoInput::read(AVPacket& packet) {
  asked_ = Clock::now();
  int damaged = 0;
  while (true) {
    if (is_enough(this) != 0) fail(AVERROR_EXIT);
    int result = av_read_frame(input_.get(), &packet);
    if (result >= 0) {
      const bool is_wanted = packet.stream_index == stream_;
      if (is_wanted && packet.size > 0) return true;
      av_packet_unref(&packet);
      if (!is_wanted) continue;
      result = AVERROR_INVALIDDATA;  // V4L2 returns damaged frames as empty packets
    }
    if (result == AVERROR_EOF) return false;
    if (result == AVERROR(EAGAIN)) {
      std::this_thread::sleep_for(kPollInterval);
    } else if (result != AVERROR_INVALIDDATA || ++damaged > kMostDamaged) {
      fail(result);
    }
  }
}

}  // namespace live
