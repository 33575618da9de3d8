#include "sources/ffmpeg_source.h"

#include <fmt/format.h>
#include <gfnet/error.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cstdint>
#include <cstring>
#include <deque>
#include <new>
#include <utility>

#include "sources/live_packets.h"
#include "sources/pixel_converter.h"

extern "C" {
#include <libavcodec/codec_desc.h>
}

namespace live {
namespace {

/// If newer packets of a live source wait already, next() decodes these packets and skips the older
/// frames. One call of next() does so for at most this many seconds.
constexpr double kCatchUpSeconds = 0.2;
/// Number of packets whose arrival times are kept: the newest packets. No decoder holds back so
/// many frames for reordering.
constexpr std::size_t kMostInDecoder = 64;
/// A frame whose pixels are not square is scaled to another width, to make the pixels square. If
/// that width would exceed kWidest pixels, the frame is not scaled.
constexpr std::int64_t kWidest = 16384;
/// Frame duration if the stream has neither timestamps nor a frame rate.
constexpr double kUsualFrameSeconds = 0.04;

const std::uint8_t* display_matrix(const AVStream& stream) {
#if LIBAVCODEC_VERSION_INT >= AV_VERSION_INT(60, 30, 100)
  const AVPacketSideData* const data =
      av_packet_side_data_get(stream.codecpar->coded_side_data, stream.codecpar->nb_coded_side_data,
                              AV_PKT_DATA_DISPLAYMATRIX);
  return data != nullptr ? data->data : nullptr;
#else
  return av_stream_get_side_data(&stream, AV_PKT_DATA_DISPLAYMATRIX, nullptr);
#endif
}

/// The orientation that makes the frames upright, from the display matrix that phones and editors
/// write.
Orientation orientation_of(const AVStream& stream) {
  const std::uint8_t* const bytes = display_matrix(stream);
  if (bytes == nullptr) return {};
  std::array<std::int32_t, 9> matrix;
  std::memcpy(matrix.data(), bytes, sizeof matrix);
  return live::orientation_of(matrix.data());
}

/// Whether the codec decodes every frame without any other frame, as Motion JPEG does.
bool each_stands_for_itself(const AVCodec& codec) {
  const AVCodecDescriptor* const descriptor = avcodec_descriptor_get(codec.id);
  return descriptor != nullptr && (descriptor->props & AV_CODEC_PROP_INTRA_ONLY) != 0;
}

bool is_shape(AVRational shape) { return shape.num > 0 && shape.den > 0; }

class FfmpegSource : public FrameSource {
 public:
  FfmpegSource(const FfmpegAddress& address, const StopCheck& stop)
      : input_(address, [this, stop] { return is_closing_ || stop(); }),
        // Copied now: the stream's fields may change while another thread reads it.
        time_base_(input_.stream().time_base),
        frame_rate_(input_.stream().avg_frame_rate),
        pixel_shape_(input_.stream().sample_aspect_ratio),
        orientation_(orientation_of(input_.stream())),
        converter_(input_.name()) {
    open_decoder();
    packet_.reset(av_packet_alloc());
    frame_.reset(av_frame_alloc());
    next_frame_.reset(av_frame_alloc());
    if (!packet_ || !frame_ || !next_frame_) throw std::bad_alloc();
    if (!input_.is_live()) return;
    stands_for_itself_ = each_stands_for_itself(input_.codec());
    live_packets_.emplace([this](AVPacket& packet) { return input_.read(packet); },
                          stands_for_itself_);
  }
  ~FfmpegSource() override { is_closing_ = true; }

  std::optional<FrameInfo> next() override {
    std::optional<Clock::time_point> found;
    std::int64_t passed_over = 0;
    while (true) {
      const int received = avcodec_receive_frame(decoder_.get(), next_frame_.get());
      if (received >= 0) {
        damaged_ = 0;
        --in_decoder_;
        std::swap(frame_, next_frame_);
        if (std::exchange(found, found.value_or(Clock::now()))) ++passed_over;
      } else if (received == AVERROR_EOF && !found) {
        return std::nullopt;
      } else if (received != AVERROR(EAGAIN) && received != AVERROR_EOF) {
        pass_over(received);
      }
      if (found && (received == AVERROR_EOF || !has_newer(*found))) return describe(passed_over);
      if (received < 0) feed();
    }
  }

  void copy_to(std::span<std::byte> pixels) override {
    converter_.convert(*frame_, width_, orientation_,
                       reinterpret_cast<std::uint8_t*>(pixels.data()));
  }

  bool is_live() const override { return input_.is_live(); }
  const std::string& name() const override { return input_.name(); }

 private:
  [[noreturn]] void fail(int code) const {
    throw gfnet::Error(fmt::format("{}: {}", input_.name(), ffmpeg_error(code)));
  }

  /// Ignores an error about damaged data. Throws gfnet::Error for any other error code, or after
  /// more than kMostDamaged damaged packets or frames in a row.
  void pass_over(int code) {
    if (code != AVERROR_INVALIDDATA || ++damaged_ > kMostDamaged) fail(code);
  }

  void open_decoder() {
    decoder_.reset(avcodec_alloc_context3(&input_.codec()));
    if (!decoder_) throw std::bad_alloc();
    int result = avcodec_parameters_to_context(decoder_.get(), input_.stream().codecpar);
    decoder_->pkt_timebase = time_base_;
    // Frame threading would delay the output by one frame per thread.
    if (input_.is_live()) decoder_->thread_type = FF_THREAD_SLICE;
    decoder_->thread_count = 0;
    if (result >= 0) result = avcodec_open2(decoder_.get(), &input_.codec(), nullptr);
    if (result < 0) fail(result);
  }

  /// Whether next() should decode a newer packet that waits, instead of delivering the frame that
  /// was decoded last. found: when this call of next() decoded its first frame. Returns false once
  /// kCatchUpSeconds have passed since `found`.
  bool has_newer(Clock::time_point found) const {
    return live_packets_ && !stands_for_itself_ && seconds_since(found) < kCatchUpSeconds &&
           live_packets_->has_more();
  }

  /// Sends the next packet to the decoder. If there is no next packet, sends the end of the stream.
  void feed() {
    const bool has_packet = live_packets_ ? take_arrival() : input_.read(*packet_);
    const int sent = avcodec_send_packet(decoder_.get(), has_packet ? packet_.get() : nullptr);
    if (has_packet) av_packet_unref(packet_.get());
    if (has_packet && sent >= 0) ++in_decoder_;
    if (sent < 0 && sent != AVERROR(EAGAIN) && sent != AVERROR_EOF) pass_over(sent);
  }

  bool take_arrival() {
    std::optional<LivePackets::Arrival> arrival = live_packets_->take();
    if (!arrival) return false;
    packet_ = std::move(arrival->packet);
    if (arrival->is_after_gap) forget_the_past();
    arrivals_.emplace_back(packet_->pts, arrival->when);
    if (arrivals_.size() > kMostInDecoder) arrivals_.pop_front();
    return true;
  }

  /// Flushes the decoder after packets were dropped. The frames that the decoder holds for
  /// reordering are lost.
  void forget_the_past() {
    avcodec_flush_buffers(decoder_.get());
    lost_ += std::clamp(in_decoder_, 0, decoder_->has_b_frames);
    in_decoder_ = 0;
    arrivals_.clear();
  }

  /// When the packet of frame_ arrived. Finds the packet by its timestamp, because the decoder may
  /// reorder frames.
  Clock::time_point arrival() const {
    for (const auto& [timestamp, when] : arrivals_) {
      if (timestamp == frame_->pts && timestamp != AV_NOPTS_VALUE) return when;
    }
    return arrivals_.empty() ? Clock::now() : arrivals_.back().second;
  }

  FrameInfo describe(std::int64_t passed_over) {
    FrameInfo info;
    width_ = square_pixels_width();
    info.width = static_cast<std::uint32_t>(width_);
    info.height = static_cast<std::uint32_t>(frame_->height);
    if (orientation_.transposed) std::swap(info.width, info.height);
    if (frame_->best_effort_timestamp != AV_NOPTS_VALUE) {
      const double seconds =
          static_cast<double>(frame_->best_effort_timestamp) * av_q2d(time_base_);
      if (!first_seconds_) first_seconds_ = seconds;
      info.seconds = seconds - *first_seconds_;
    } else if (last_seconds_) {
      // No timestamp: one frame duration after the previous frame.
      info.seconds =
          *last_seconds_ + (is_shape(frame_rate_) ? 1 / av_q2d(frame_rate_) : kUsualFrameSeconds);
    }
    last_seconds_ = info.seconds;
    info.passed_over = passed_over;
    if (live_packets_) {
      info.passed_over += live_packets_->take_left_out() + std::exchange(lost_, 0);
      info.arrived = arrival();
    }
    return info;
  }

  /// Width of frame_ after scaling to square pixels. A video may have pixels that are not square.
  int square_pixels_width() const {
    const AVRational shape = is_shape(pixel_shape_) ? pixel_shape_ : frame_->sample_aspect_ratio;
    if (!is_shape(shape)) return frame_->width;
    const std::int64_t width = av_rescale(frame_->width, shape.num, shape.den);
    return width > 0 && width <= kWidest ? static_cast<int>(width) : frame_->width;
  }

  std::atomic<bool> is_closing_ = false;
  VideoInput input_;
  AVRational time_base_;
  AVRational frame_rate_;
  AVRational pixel_shape_;
  Orientation orientation_;  // makes frames upright
  OwnedDecoder decoder_;
  OwnedPacket packet_;
  OwnedFrame frame_;
  OwnedFrame next_frame_;
  PixelConverter converter_;
  int width_ = 0;       // of the frame, in square pixels
  int damaged_ = 0;     // pieces since the last frame
  int in_decoder_ = 0;  // frames, about
  int lost_ = 0;        // frames, at gaps
  std::optional<double> first_seconds_;
  std::optional<double> last_seconds_;
  bool stands_for_itself_ = false;
  /// For each of the newest packets that were sent to the decoder: the timestamp, and when the
  /// packet arrived.
  std::deque<std::pair<std::int64_t, Clock::time_point>> arrivals_;
  std::optional<LivePackets> live_packets_;  // last: its thread uses the input
};

}  // namespace

std::unique_ptr<FrameSource> open_ffmpeg(const FfmpegAddress& address, const StopCheck& stop) {
  return std::make_unique<FfmpegSource>(address, stop);
}

}  // namespace live
