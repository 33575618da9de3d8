// Preprocessing on the device from the host's memory and from the device's: images of all formats
// and sizes, uploads in parts, and how often commands are recorded.
#include "runtime/preprocessor.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <vector>

#include "gfnet/error.h"
#include "image/image_view.h"
#include "runtime/resize_commands.h"
#include "support/context_fixture.h"
#include "support/mapped_buffer.h"
#include "support/random.h"
#include "support/random_image.h"
#include "vulkan/object_count.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::MappedBuffer;
using gfnet::test::Random;
using gfnet::test::random_image;
using runtime::Preprocessor;

namespace {

constexpr PixelFormat kFormats[] = {PixelFormat::kRgb, PixelFormat::kBgr, PixelFormat::kRgba,
                                    PixelFormat::kBgra, PixelFormat::kGrey};

const image::ResizeTarget kRgbTarget{{20, 24}, 0.875, {{0.5f, 0.4f, 0.3f}, {0.2f, 0.3f, 0.4f}}};
const image::ResizeTarget kGreyTarget{{20, 24}, 0.875, {{0.45f}, {0.25f}}};

/// Pixels of a format, with `gap` bytes of noise after each row and none after the last.
struct Pixels {
  Pixels(Random& random, const Image& image, PixelFormat format, std::size_t gap) {
    const std::size_t pixel_bytes = image::bytes_per_pixel(format);
    const std::size_t stride = pixel_bytes * image.width + gap;
    bytes.resize(stride * image.height - gap);
    for (std::uint8_t& byte : bytes) byte = static_cast<std::uint8_t>(random.integer(0, 255));
    for (std::size_t pixel = 0; pixel < image.rgb.size() / 3; ++pixel) {
      const std::uint8_t* const rgb = &image.rgb[3 * pixel];
      std::uint8_t* const to =
          &bytes[pixel / image.width * stride + pixel % image.width * pixel_bytes];
      to[0] = image::is_blue_first(format) ? rgb[2] : rgb[0];
      if (pixel_bytes == 1) continue;
      to[1] = rgb[1];
      to[2] = image::is_blue_first(format) ? rgb[0] : rgb[2];
    }
    view = {bytes.data(), image.width, image.height, stride, format};
  }

  std::vector<std::uint8_t> bytes;
  ImageView view;
};

/// An image in which R, G and B of every pixel are equal if the format is grey.
Image image_for(Random& random, PixelFormat format, std::uint32_t width, std::uint32_t height) {
  Image image = random_image(random, width, height);
  if (format != PixelFormat::kGrey) return image;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    image.rgb[i + 1] = image.rgb[i + 2] = image.rgb[i];
  }
  return image;
}

std::size_t elements(const image::ResizeTarget& target) {
  return std::size_t{target.extent.height} * target.extent.width * target.normalisation.mean.size();
}

/// A preprocessor with an input for batches of `images` images.
class Fixed {
 public:
  Fixed(ContextFixture& fixture, const image::ResizeTarget& target, std::size_t images,
        const Preprocessor::Options& options = {})
      : elements_(elements(target)),
        input_(fixture.context().device(), images * elements_),
        preprocessor_(fixture.context(), target, options) {}

  std::vector<float> run(std::span<const ImageView> images, std::size_t slot = 0) {
    preprocessor_.run(images, input_.buffer(), recordings_, slot);
    preprocessor_.wait();
    return {input_.data(), input_.data() + images.size() * elements_};
  }

  Preprocessor& preprocessor() { return preprocessor_; }

 private:
  std::size_t elements_;
  MappedBuffer<float> input_;
  runtime::RecordingCache recordings_;
  Preprocessor preprocessor_;
};

std::vector<float> preprocess(ContextFixture& fixture, const image::ResizeTarget& target,
                              std::span<const ImageView> images,
                              const Preprocessor::Options& options = {}) {
  return Fixed(fixture, target, images.size(), options).run(images);
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture,
                  "preprocessor: every format and row stride gives the bits of RGB without gaps") {
  Random random;
  CAPTURE(random.seed());
  for (const image::ResizeTarget* target : {&kRgbTarget, &kGreyTarget}) {
    std::vector<Image> images;
    std::vector<Pixels> pixels;
    for (const PixelFormat format : kFormats) {
      for (const std::size_t gap : {0u, 1u, 2u, 3u, 8u}) {
        const auto width = static_cast<std::uint32_t>(random.integer(1, 90));
        const auto height = static_cast<std::uint32_t>(random.integer(1, 90));
        images.push_back(image_for(random, format, width, height));
        pixels.emplace_back(random, images.back(), format, gap);
      }
    }
    std::vector<ImageView> views;
    for (const Pixels& p : pixels) views.push_back(p.view);
    std::vector<float> expected;
    for (const ImageView& view : image::views_of(images)) {
      const std::vector<float> one = preprocess(*this, *target, {&view, 1});
      expected.insert(expected.end(), one.begin(), one.end());
    }
    for (const auto upload : {Preprocessor::Upload::kDirect, Preprocessor::Upload::kCopied}) {
      // As one batch of all formats, alone, and in parts so small that images are split.
      CHECK(preprocess(*this, *target, views, {upload}) == expected);
      CHECK(preprocess(*this, *target, views, {upload, 2000}) == expected);
      CHECK(preprocess(*this, *target, views, {upload, 1}) == expected);
      Fixed alone(*this, *target, 1, {upload});
      for (std::size_t i = 0; i < views.size(); ++i) {
        CAPTURE(i);
        const std::vector<float> one = alone.run({&views[i], 1});
        CHECK(std::equal(one.begin(), one.end(),
                         expected.begin() + static_cast<std::ptrdiff_t>(i * one.size())));
      }
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "preprocessor: batches of any sizes replay one recording") {
  Random random;
  CAPTURE(random.seed());
  constexpr std::size_t kBatch = 5;
  for (const auto upload : {Preprocessor::Upload::kDirect, Preprocessor::Upload::kCopied}) {
    Fixed fixed(*this, kRgbTarget, kBatch, {upload});
    const auto run = [&](std::uint32_t most, std::size_t slot) {
      std::vector<Image> images;
      for (std::size_t i = 0; i < kBatch; ++i) {
        const auto least = static_cast<int>(most / 4 + 1);
        images.push_back(random_image(
            random, static_cast<std::uint32_t>(random.integer(least, static_cast<int>(most))),
            static_cast<std::uint32_t>(random.integer(least, static_cast<int>(most)))));
      }
      const std::vector<ImageView> views = image::views_of(images);
      const std::vector<float> actual = fixed.run(views, slot);
      for (std::size_t i = 0; i < kBatch; ++i) {
        const std::vector<float> one = preprocess(*this, kRgbTarget, {&views[i], 1}, {upload});
        CHECK(std::equal(one.begin(), one.end(),
                         actual.begin() + static_cast<std::ptrdiff_t>(i * one.size())));
      }
    };
    const Image large = random_image(random, 101, 101);
    const std::vector<ImageView> largest(kBatch, large);
    for (std::size_t slot = 0; slot < runtime::kBatchSlots; ++slot) fixed.run(largest, slot);
    CHECK(fixed.preprocessor().recordings_made() == runtime::kBatchSlots);
    for (std::size_t i = 0; i < 12; ++i) run(100, i % runtime::kBatchSlots);
    CHECK(fixed.preprocessor().recordings_made() == runtime::kBatchSlots);

    // Larger images: the memory grows, and the commands that use it are recorded again.
    const Image larger = random_image(random, 110, 110);
    const std::vector<ImageView> grow(kBatch, larger);
    fixed.run(grow);
    const std::uint64_t grown = fixed.preprocessor().recordings_made();
    CHECK(grown == runtime::kBatchSlots + 1);
    for (std::size_t i = 0; i < 6; ++i) run(90, 0);
    CHECK(fixed.preprocessor().recordings_made() == grown);
  }
}

TEST_CASE_FIXTURE(ContextFixture, "preprocessor: more images than workgroups along an axis") {
  Random random;
  CAPTURE(random.seed());
  const image::ResizeTarget target{{1, 2}, 1.0, kRgbTarget.normalisation};
  const Image first = random_image(random, 2, 1);
  const Image second = random_image(random, 3, 2);
  std::vector<ImageView> views(70'000, first);
  views.back() = second;
  const std::vector<float> all = preprocess(*this, target, views);
  const std::vector<float> expected = preprocess(*this, target, {&views.front(), 1});
  const std::vector<float> last = preprocess(*this, target, {&views.back(), 1});
  const std::size_t size = elements(target);
  std::size_t wrong = 0;
  for (std::size_t i = 0; i + 1 < views.size(); ++i) {
    if (!std::equal(expected.begin(), expected.end(),
                    all.begin() + static_cast<std::ptrdiff_t>(i * size))) {
      ++wrong;
    }
  }
  CHECK(wrong == 0);
  CHECK(std::equal(last.begin(), last.end(), all.end() - static_cast<std::ptrdiff_t>(size)));
}

TEST_CASE_FIXTURE(ContextFixture, "preprocessor: after an invalid image, valid ones still work") {
  Random random;
  const Image image = random_image(random, 30, 40);
  Fixed fixed(*this, kRgbTarget, 2);
  const ImageView valid = image;
  ImageView invalid = valid;
  invalid.row_stride = 89;
  const std::vector<ImageView> both{valid, valid};
  const std::vector<ImageView> one_invalid{valid, invalid};
  const std::vector<float> expected = fixed.run(both);
  CHECK_THROWS_WITH_AS(fixed.run(one_invalid), doctest::Contains("images[1]: "), ArgumentError);
  CHECK(fixed.run(both) == expected);
  const image::ResizeTarget two{{20, 24}, 0.875, {{0, 0}, {1, 1}}};
  CHECK_THROWS_AS(preprocess(*this, two, both), UnsupportedError);
}

TEST_CASE_FIXTURE(ContextFixture, "device images: at any place, the bits of the host's images") {
  Random random;
  CAPTURE(random.seed());
  for (const image::ResizeTarget* target : {&kRgbTarget, &kGreyTarget}) {
    std::vector<Image> images;
    std::vector<MappedBuffer<std::uint8_t>> buffers;
    std::vector<runtime::DeviceImage> device_images;
    buffers.reserve(std::size(kFormats) * 16);
    for (const PixelFormat format : kFormats) {
      const std::size_t unit = image::bytes_per_pixel(format) == 4 ? 4 : 1;
      for (std::size_t offset = 0; offset < 4; ++offset) {
        for (std::size_t gap = 0; gap < 4; ++gap) {
          const auto width = static_cast<std::uint32_t>(random.integer(1, 40));
          const auto height = static_cast<std::uint32_t>(random.integer(1, 40));
          images.push_back(image_for(random, format, width, height));
          const Pixels pixels(random, images.back(), format, unit * gap);
          // The buffer ends with the word that has the last pixel.
          buffers.emplace_back(context().device(),
                               (unit * offset + pixels.bytes.size() + 3) / 4 * 4);
          std::ranges::copy(pixels.bytes, buffers.back().data() + unit * offset);
          device_images.push_back({&buffers.back().buffer(), unit * offset, width, height,
                                   pixels.view.row_stride, format});
        }
      }
    }
    const std::vector<float> expected = preprocess(*this, *target, image::views_of(images));
    MappedBuffer<float> input(context().device(), expected.size());
    const runtime::BoundRecording commands =
        runtime::record_preprocessing(context(), *target, device_images, input.buffer());
    // Two barriers: after the copy of the parameters and between the two halves. None between
    // images.
    CHECK(commands.recording.counts().barriers == 2);
    for (int time = 0; time < 2; ++time) {
      std::ranges::fill(input.values(), -1.0f);
      context().device().submit(commands.recording).wait();
      CHECK(input.copy() == expected);
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture, "device images outside of their buffers are refused") {
  const MappedBuffer<std::uint8_t> source(context().device(), 400);
  const MappedBuffer<float> input(context().device(), 2 * elements(kRgbTarget));
  const vulkan::Buffer* const buffer = &source.buffer();
  const auto check_refused = [&](const runtime::DeviceImage& image) {
    const runtime::DeviceImage images[] = {{buffer, 0, 10, 10, 40, PixelFormat::kRgba}, image};
    CHECK_THROWS_WITH_AS(
        runtime::record_preprocessing(context(), kRgbTarget, images, input.buffer()),
        doctest::Contains("images[1]: "), ArgumentError);
  };
  runtime::make_resize_pipelines(context(), PixelFormat::kBgra);
  check_refused({buffer, 4, 10, 10, 40, PixelFormat::kRgba});
  check_refused({buffer, 0, 10, 11, 40, PixelFormat::kRgba});
  check_refused({buffer, 0, 10, 10, 44, PixelFormat::kRgba});
  check_refused({buffer, 0, 10, 10, 36, PixelFormat::kRgba});
  check_refused({buffer, 2, 5, 5, 40, PixelFormat::kBgra});
  check_refused({buffer, 0, 5, 5, 42, PixelFormat::kBgra});
  check_refused({buffer, 0, 0, 5, 40, PixelFormat::kRgba});
  check_refused({buffer, 0, 5, 0, 40, PixelFormat::kRgba});
  check_refused({buffer, 401, 1, 1, 1, PixelFormat::kGrey});
  check_refused({buffer, 0, 1, 3, ~std::uint64_t{0} / 2, PixelFormat::kGrey});
}
