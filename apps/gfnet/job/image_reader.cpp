#include "job/image_reader.h"

#include <gfnet/drawing.h>

#include <algorithm>
#include <array>
#include <cstddef>
#include <filesystem>
#include <string_view>
#include <system_error>
#include <thread>
#include <utility>
#include <vector>

#include "inputs/archives/archive_names.h"
#include "job/stream.h"
#include "system/paths.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::path_of;

/// Limit in bytes for the pixels of images that are being decoded or that ImageReader::next() has
/// not returned yet. 1 GiB is enough for a dozen photographs from a large camera.
constexpr std::size_t kMaxWaitingBytes = std::size_t{1} << 30;

/// Longer side and quality of thumbnails. Most then take 2 to 4 KB.
constexpr std::uint32_t kThumbnailSide = 112;
constexpr int kThumbnailQuality = 70;

using Stage = OrderedStage<Input, ReadImage>;

/// The image of an input. Frees the bytes of a member of an archive.
gfnet::Image load(Input& input, gfnet::LoadOptions options) {
  const bool is_member = !input.archive.empty();
  if (!is_member && !may_wait(input.path)) return gfnet::load_image(path_of(input.path), options);
  options.name = input.path;
  return gfnet::decode_image(is_member ? std::exchange(input.bytes, {}) : read_stream(input.path),
                             options);
}

/// How the cause of failure begins if a file's content is no image: unknown, or an archive.
constexpr std::array<std::string_view, 6> kNoImage{"not an image",  "a zip archive",
                                                   "a RAR archive", "a 7z archive",
                                                   "a tar archive", "data packed by"};

/// The cause of failure of a file. If the content is no image and the name is that of an archive
/// that gfnet does not read, the archive is named.
std::string cause_of(const Input& input, const std::string& cause) {
  const bool is_image = std::ranges::none_of(
      kNoImage, [&cause](std::string_view start) { return cause.starts_with(start); });
  if (is_image) return cause;
  std::error_code ignored;
  if (!input.archive.empty() || !std::filesystem::is_regular_file(path_of(input.path), ignored))
    return cause;
  const std::string archive = why_unread_archive(path_of(input.path));
  return archive.empty() ? cause : archive;
}

/// Throws FormatError if the images of an archive have far more pixels than images of its size do.
void check_pixels(const Input& input, std::int64_t pixels) {
  if (input.pixels_left == nullptr || input.pixels_left->fetch_sub(pixels) >= pixels) return;
  input.pixels_left->fetch_add(pixels);  // smaller ones may follow
  throw gfnet::FormatError(path_of(input.path),
                           "with this image, those of the archive have far more pixels than images "
                           "of its size do, as if they were made to take time; unpack it first");
}

ReadImage read_image(Input input, const ReadOptions& options, const Stage::Reserve& reserve) {
  ReadImage read{std::move(input), {}, {}};
  if (!read.input.cause.empty()) return read;
  gfnet::LoadOptions load_options = options.load;
  load_options.before_pixels = [&](std::uint32_t width, std::uint32_t height) {
    check_pixels(read.input, std::int64_t{width} * height);
    reserve(std::size_t{width} * height * 3);
  };
  try {
    read.image = load(read.input, load_options);
    if (options.thumbnails) {
      read.thumbnail =
          gfnet::encode_jpeg(gfnet::reduced(read.image, kThumbnailSide), kThumbnailQuality);
    }
    return read;
  } catch (const gfnet::FormatError& error) {
    read.input.cause = cause_of(read.input, error.cause());
  } catch (const std::exception& error) {
    read.input.cause = error.what();
  }
  reserve(0);
  return read;
}

/// The inputs of `inputs`, those in archives with their bytes. Ends once interrupted(): a member
/// may then be incomplete.
InputSource fetched(InputSource inputs) {
  return [inputs = std::move(inputs)]() -> std::optional<Input> {
    std::optional<Input> input = inputs();
    if (!input || !input->fetch) return input;
    std::exchange(input->fetch, nullptr)(*input);
    return interrupted() ? std::nullopt : std::move(input);
  };
}

StageLimits limits(std::size_t ahead) {
  const std::size_t threads = std::max(1u, std::thread::hardware_concurrency());
  return {threads, ahead + threads, kMaxWaitingBytes};
}

}  // namespace

ImageReader::ImageReader(InputSource inputs, std::size_t ahead, const ReadOptions& options) try
    : stage_(
          fetched(std::move(inputs)),
          [options](Input input, const Stage::Reserve& reserve) {
            return read_image(std::move(input), options, reserve);
          },
          limits(ahead)) {
} catch (const std::system_error& error) {
  throw cannot_start_thread("the threads that read images", error);
}

}  // namespace app
