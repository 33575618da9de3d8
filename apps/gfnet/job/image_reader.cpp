#include "job/image_reader.h"

#include <gfnet/drawing.h>

#include <algorithm>
#include <system_error>
#include <thread>
#include <utility>

#include "job/stream.h"
#include "terminal/terminal.h"

namespace app {
namespace {

/// Limit in bytes for the pixels of images that are being decoded or that ImageReader::next() has
/// not returned yet. 1 GiB is enough for a dozen photographs from a large camera.
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 30;

/// Longer side and quality of thumbnails. Most then take 2 to 4 KB.
constexpr std::uint32_t kThumbnailSide = 112;
constexpr int kThumbnailQuality = 70;

using Stage = OrderedStage<Input, ReadImage>;

gfnet::Image load(const std::string& path, gfnet::LoadOptions options) {
  if (!may_wait(path)) return gfnet::load_image(path, options);
  options.name = path;
  return gfnet::decode_image(read_stream(path), options);
}

ReadImage read_image(Input input, const ReadOptions& options, const Stage::Reserve& reserve) {
  ReadImage read{std::move(input), {}, {}};
  if (!read.input.cause.empty()) return read;
  gfnet::LoadOptions load_options = options.load;
  load_options.before_pixels = [&reserve](std::uint32_t width, std::uint32_t height) {
    reserve(std::size_t{width} * height * 3);
  };
  try {
    read.image = load(read.input.path, load_options);
    if (options.thumbnails) {
      read.thumbnail =
          gfnet::encode_jpeg(gfnet::reduced(read.image, kThumbnailSide), kThumbnailQuality);
    }
    return read;
  } catch (const gfnet::FormatError& error) {
    read.input.cause = error.cause();
  } catch (const std::exception& error) {
    read.input.cause = error.what();
  }
  reserve(0);
  return read;
}

StageLimits limits(std::size_t ahead) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  return {threads, ahead + threads, kMaxWaitingBytes};
}

}  // namespace

ImageReader::ImageReader(InputSource inputs, std::size_t ahead, const ReadOptions& options) try
    : stage_(
          std::move(inputs),
          [options](Input input, const Stage::Reserve& reserve) {
            return read_image(std::move(input), options, reserve);
          },
          limits(ahead)) {
} catch (const std::system_error& error) {
  throw cannot_start_thread("the threads that read images", error);
}

}  // namespace app
