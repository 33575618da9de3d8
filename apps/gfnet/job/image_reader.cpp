#include "job/image_reader.h"

#include <algorithm>
#include <thread>

namespace app {
namespace {

/// Limit in bytes for decoded images that PictureReader::next() has not returned yet. It is enough
/// for some dozens of photographs from a large camera.
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 30;

ReadPicture read(Input input, const gfnet::LoadOptions& options) {
  ReadPicture picture{std::move(input), {}};
  if (!picture.input.cause.empty()) return picture;
  try {
    picture.image = gfnet::load_image(picture.input.path, options);
  } catch (const gfnet::FormatError& error) {
    picture.input.cause = error.cause();
  } catch (const std::exception& error) {
    picture.input.cause = error.what();
  }
  return picture;
}

StageLimits limits(std::size_t ahead) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  return {threads, ahead + threads, kMaxWaitingBytes};
}

}  // namespace

PictureReader::PictureReader(InputSource inputs, std::size_t ahead,
                             const gfnet::LoadOptions& options)
    : stage_(
          std::move(inputs), [options](Input input) { return read(std::move(input), options); },
          limits(ahead), [](const ReadPicture& picture) { return picture.image.rgb.size(); }) {}

}  // namespace app
