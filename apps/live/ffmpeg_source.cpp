#include "ffmpeg_source.h"

#include <gfnet/error.h>

#include <cmath>
#include <cstdint>
#include <thread>
#include <utility>
#include <vector>

#include "clock.h"
#include "turned.h"

extern "C" {
#include <libavcodec/avcodec.h>
#include <libavdevice/avdevice.h>
#include <libavformat/avformat.h>
#include <libavutil/display.h>
#include <libavutil/imgutils.h>
#include <libavutil/opt.h>
#include <libswscale/swscale.h>
}

namespace live {
namespace {

/// A source that is live and silent for so long is lost.
constexpr double kSilenceSeconds = 5;
/// So many damaged pieces in a row are no accident.
constexpr int kMostDamaged = 100;
constexpr auto kPollInterval = std::chrono::milliseconds(2);
/// swscale writes whole vectors: beyond a row's end where its width is no multiple of this.
constexpr std::uint32_t kRowAlignment = 32;
constexpr int kBufferAlignment = 64;
constexpr std::uint32_t kPixelBytes = 4;
/// A picture that would be wider is shown as it is.
constexpr std::int64_t kWidest = 16384;

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

void prepare_ffmpeg() {
  static const bool done = [] {
    av_log_set_level(AV_LOG_QUIET);  // what matters comes as an error code
    avdevice_register_all();
    avformat_network_init();
    return true;
  }();
  static_cast<void>(done);
}

/// FFmpeg's words for one of its error codes.
std::string ffmpeg_error(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

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

/// How the file says that its pictures are turned upright, as phones do it: clockwise.
int quarter_turns_of(const AVStream& stream) {
  const std::uint8_t* const matrix = display_matrix(stream);
  if (matrix == nullptr) return 0;
  const double angle = av_display_rotation_get(reinterpret_cast<const std::int32_t*>(matrix));
  return std::isfinite(angle) ? static_cast<int>(std::lround(-angle / 90)) & 3 : 0;
}

class FfmpegSource : public FrameSource {
 public:
  FfmpegSource(const FfmpegAddress& address, const std::atomic<bool>& stop)
      : name_(address.name), is_live_(address.is_live), stop_(stop) {
    prepare_ffmpeg();
    open_input(address);
    open_decoder();
    packet_.reset(av_packet_alloc());
    frame_.reset(av_frame_alloc());
    if (!packet_ || !frame_) throw std::bad_alloc();
  }

  std::optional<FrameInfo> next() override {
    heard_ = Clock::now();
    while (!stop_) {
      const int received = avcodec_receive_frame(decoder_.get(), frame_.get());
      if (received == AVERROR_EOF) return std::nullopt;
      if (received >= 0) {
        damaged_ = 0;
        return describe();
      }
      if (received != AVERROR(EAGAIN)) pass_over(received);
      feed();
    }
    return std::nullopt;
  }

  void copy_to(std::span<std::byte> pixels) override {
    const auto width = static_cast<std::uint32_t>(width_);
    const auto height = static_cast<std::uint32_t>(frame_->height);
    auto* const target = reinterpret_cast<std::uint8_t*>(pixels.data());
    if (quarter_turns_ == 0 && width % kRowAlignment == 0) {
      convert(target, std::size_t{width} * kPixelBytes);
      return;
    }
    const std::size_t stride =
        (std::size_t{width} + kRowAlignment - 1) / kRowAlignment * kRowAlignment * kPixelBytes;
    if (rows_bytes_ < stride * height) {
      rows_bytes_ = stride * height;
      rows_.reset(static_cast<std::uint8_t*>(av_malloc(rows_bytes_ + kBufferAlignment)));
      if (!rows_) throw std::bad_alloc();
    }
    convert(rows_.get(), stride);
    turn_picture({rows_.get(), stride, width, height}, quarter_turns_, target);
  }

  const std::string& name() const override { return name_; }

 private:
  [[noreturn]] void fail(int code) const {
    throw gfnet::Error(
        name_ + ": " +
        (code == AVERROR_EXIT ? std::string("nothing came for a while") : ffmpeg_error(code)));
  }

  /// What is damaged costs its picture, not the source; unless all is.
  void pass_over(int code) {
    if (code != AVERROR_INVALIDDATA || ++damaged_ > kMostDamaged) fail(code);
  }

  static int is_enough(void* self) {
    const auto* const source = static_cast<const FfmpegSource*>(self);
    return source->stop_ || (source->is_live_ && seconds_since(source->heard_) > kSilenceSeconds)
               ? 1
               : 0;
  }

  void open_input(const FfmpegAddress& address) {
    const AVInputFormat* format = nullptr;
    if (!address.format.empty()) {
      format = av_find_input_format(address.format.c_str());
      if (format == nullptr) {
        throw gfnet::Error(name_ + ": this FFmpeg has no input '" + address.format + "'");
      }
    }
    AVFormatContext* context = avformat_alloc_context();
    if (context == nullptr) throw std::bad_alloc();
    context->interrupt_callback = {&FfmpegSource::is_enough, this};
    // A camera that says nothing must not keep the program from ending.
    if (is_live_) context->flags |= AVFMT_FLAG_NONBLOCK;
    AVDictionary* options = nullptr;
    for (const auto& [key, value] : address.options) {
      av_dict_set(&options, key.c_str(), value.c_str(), 0);
    }
    const int opened = avformat_open_input(&context, address.url.c_str(), format, &options);
    av_dict_free(&options);
    if (opened < 0) fail(opened);  // which has freed the context
    input_.reset(context);
    const int found = find_streams();
    if (found < 0) fail(found);
  }

  int find_streams() {
    while (true) {
      const int found = avformat_find_stream_info(input_.get(), nullptr);
      if (found != AVERROR(EAGAIN)) return found;
      if (is_enough(this) != 0) return AVERROR_EXIT;
      std::this_thread::sleep_for(kPollInterval);
    }
  }

  void open_decoder() {
    const AVCodec* codec = nullptr;
    stream_ = av_find_best_stream(input_.get(), AVMEDIA_TYPE_VIDEO, -1, -1, &codec, 0);
    if (stream_ == AVERROR_STREAM_NOT_FOUND) throw gfnet::Error(name_ + ": no pictures in it");
    if (stream_ == AVERROR_DECODER_NOT_FOUND) {
      throw gfnet::Error(name_ + ": this FFmpeg cannot decode its pictures");
    }
    if (stream_ < 0) fail(stream_);
    for (unsigned i = 0; i < input_->nb_streams; ++i) {
      if (static_cast<int>(i) != stream_) input_->streams[i]->discard = AVDISCARD_ALL;
    }
    const AVStream* const stream = input_->streams[stream_];
    quarter_turns_ = quarter_turns_of(*stream);
    decoder_.reset(avcodec_alloc_context3(codec));
    if (!decoder_) throw std::bad_alloc();
    int result = avcodec_parameters_to_context(decoder_.get(), stream->codecpar);
    decoder_->pkt_timebase = stream->time_base;
    // Decoding frame by frame in several threads would add so many frames of delay.
    if (is_live_) decoder_->thread_type = FF_THREAD_SLICE;
    decoder_->thread_count = 0;
    if (result >= 0) result = avcodec_open2(decoder_.get(), codec, nullptr);
    if (result < 0) fail(result);
  }

  /// Hands the decoder a packet, or the end.
  void feed() {
    const int read = av_read_frame(input_.get(), packet_.get());
    if (read == AVERROR(EAGAIN)) {
      if (is_live_ && seconds_since(heard_) > kSilenceSeconds) fail(AVERROR_EXIT);
      std::this_thread::sleep_for(kPollInterval);
      return;
    }
    if (read == AVERROR_EOF) {
      avcodec_send_packet(decoder_.get(), nullptr);
      return;
    }
    if (read < 0) {
      if (!stop_) pass_over(read);
      return;
    }
    heard_ = Clock::now();
    const int sent =
        packet_->stream_index == stream_ ? avcodec_send_packet(decoder_.get(), packet_.get()) : 0;
    av_packet_unref(packet_.get());
    if (sent < 0 && sent != AVERROR(EAGAIN)) pass_over(sent);
  }

  FrameInfo describe() {
    FrameInfo info;
    width_ = square_pixels_width();
    info.width = static_cast<std::uint32_t>(width_);
    info.height = static_cast<std::uint32_t>(frame_->height);
    if (quarter_turns_ % 2 != 0) std::swap(info.width, info.height);
    const AVRational unit = input_->streams[stream_]->time_base;
    if (frame_->best_effort_timestamp != AV_NOPTS_VALUE) {
      const double seconds = static_cast<double>(frame_->best_effort_timestamp) * av_q2d(unit);
      if (!first_seconds_) first_seconds_ = seconds;
      info.seconds = seconds - *first_seconds_;
    } else if (last_seconds_) {
      // After the one before, as long as the stream says that pictures stand.
      const AVRational rate = input_->streams[stream_]->avg_frame_rate;
      info.seconds = *last_seconds_ + (rate.num > 0 && rate.den > 0 ? 1 / av_q2d(rate) : 0.04);
    }
    last_seconds_ = info.seconds;
    return info;
  }

  /// Of the frame, once its pixels are as wide as they are high.
  int square_pixels_width() const {
    const AVRational shape =
        av_guess_sample_aspect_ratio(input_.get(), input_->streams[stream_], frame_.get());
    if (shape.num <= 0 || shape.den <= 0) return frame_->width;
    const std::int64_t width = av_rescale(frame_->width, shape.num, shape.den);
    return width > 0 && width <= kWidest ? static_cast<int>(width) : frame_->width;
  }

  void convert(std::uint8_t* target, std::size_t stride) {
    const auto format = static_cast<AVPixelFormat>(frame_->format);
    SwsContext* const scaler = sws_getCachedContext(
        scaler_.release(), frame_->width, frame_->height, format, width_, frame_->height,
        AV_PIX_FMT_RGB0, SWS_BICUBIC, nullptr, nullptr, nullptr);
    if (scaler == nullptr) throw gfnet::Error(name_ + ": pictures in a form that nothing converts");
    scaler_.reset(scaler);
    const int* const matrix = sws_getCoefficients(
        frame_->colorspace == AVCOL_SPC_UNSPECIFIED ? SWS_CS_DEFAULT : frame_->colorspace);
    const int full_range = frame_->color_range == AVCOL_RANGE_JPEG ? 1 : 0;
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
    sws_scale(scaler, frame_->data, frame_->linesize, 0, frame_->height, targets, strides);
  }

  std::string name_;
  bool is_live_ = false;
  const std::atomic<bool>& stop_;
  Clock::time_point heard_ = Clock::now();
  std::unique_ptr<AVFormatContext, CloseInput> input_;
  std::unique_ptr<AVCodecContext, FreeDecoder> decoder_;
  std::unique_ptr<AVPacket, FreePacket> packet_;
  std::unique_ptr<AVFrame, FreeFrame> frame_;
  std::unique_ptr<SwsContext, FreeScaler> scaler_;
  std::unique_ptr<std::uint8_t, FreeBytes> rows_;
  std::size_t rows_bytes_ = 0;
  int stream_ = -1;
  int quarter_turns_ = 0;  // clockwise, for the picture to be upright
  int width_ = 0;          // of the frame, in square pixels
  int damaged_ = 0;        // pieces since the last picture
  std::optional<double> first_seconds_;
  std::optional<double> last_seconds_;
};

}  // namespace

std::unique_ptr<FrameSource> open_ffmpeg(const FfmpegAddress& address,
                                         const std::atomic<bool>& stop) {
  return std::make_unique<FfmpegSource>(address, stop);
}

}  // namespace live
