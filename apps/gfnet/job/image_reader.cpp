#include "job/image_reader.h"

#include <algorithm>
#include <thread>

namespace app {
namespace {

/// Limit in bytes for decoded images that ImageReader::next() has not returned yet. 1 GiB is enough
/// for some dozens of photographs from a large camera.
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 30;

ReadImage read_image(Input input, const gfnet::LoadOptions& options) {
  ReadImage read{std::move(input), {}};
  if (!read.input.cause.empty()) return read;
  try {
    read.image = gfnet::load_image(read.input.path, options);
  } catch (const gfnet::FormatError& error) {
    read.input.cause = error.cause();
  } catch (const std::exception& error) {
    read.input.cause = error.what();
  }
  return read;
}

StageLimits limits(std::size_t ahead) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  return {threads, ahead + threads, kMaxWaitingBytes};
}

}  // namespace

ImageReader::ImageReader(InputSource inputs, std::size_t ahead, const gfnet::LoadOptions& options)
    : stage_(
          std::move(inputs), [options](Input input) { return read_image(std::move(input), options); },
          limits(ahead), [](const ReadImage& read) { return read.image.rgb.size(); }) {}

}  // namespace app
