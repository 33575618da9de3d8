#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <random>
#include <string>
#include <vector>

#include "fixtures.h"
#include "image/decode.h"
#include "image/resize_plan.h"
#include "reference/preprocess.h"
#include "support/device_fixture.h"
#include "support/mapped_buffer.h"
#include "support/skip.h"
#include "vulkan/commands/command_recorder.h"
#include "vulkan/pipelines/pipeline.h"

namespace {

using namespace gfnet;
using namespace gfnet::test;

constexpr double kPaper = 224.0 / 256.0;
const image::Normalisation kRgb{{0.485f, 0.456f, 0.406f}, {0.229f, 0.224f, 0.225f}};
const image::Normalisation kGrey{{0.449f}, {0.226f}};
/// Marks elements that the shaders must not write.
constexpr float kUntouched = -12345.0f;
/// Error of normalising and back, in 8-bit steps.
constexpr double kFloatNoise = 1e-3;

// Nothing starts at offset 0.
constexpr std::uint64_t kSourceByte = 12;
constexpr std::uint64_t kIntermediateByte = 20;
constexpr std::uint64_t kElement = 5;
constexpr std::uint64_t kTail = 3;

/// Runs `horizontal_shader` on `source`, where the plan's window starts at kSourceByte, then
/// resize_vertical. Checks that nothing outside the result was written. Returns [C, H, W],
/// normalised.
std::vector<float> resize_on(DeviceFixture& fixture, image::ResizePlan plan,
                             const image::ResizeTarget& target, const char* horizontal_shader,
                             const vulkan::Buffer& source) {
  vulkan::Device& device = fixture.device();
  plan.place(kIntermediateByte, kElement);
  const std::vector<parameters::ResizeImage> image{plan.band(0, plan.window.rows, kSourceByte)};
  const MappedBuffer<parameters::ResizeImage> images(device, image);
  MappedBuffer<std::uint8_t> intermediate(device, kIntermediateByte + plan.intermediate_bytes);
  MappedBuffer<float> destination(
      device, std::vector<float>(kElement + plan.destination_elements + kTail, kUntouched));

  const vulkan::Pipeline horizontal(device, fixture.cache(), horizontal_shader);
  const vulkan::Pipeline vertical(device, fixture.cache(), "resize_vertical");
  const parameters::ResizeTarget push = image::target_parameters(target);
  vulkan::CommandRecorder recorder(device);
  const vulkan::Binding resize_rows[] = {{&images.buffer(), Access::kRead},
                                         {&source, Access::kRead},
                                         {&intermediate.buffer(), Access::kWrite}};
  // Fewer threads along y than most images have rows: each takes several.
  recorder.dispatch(horizontal, resize_rows, push, {push.columns, 16, 1});
  const vulkan::Binding resize_columns[] = {{&images.buffer(), Access::kRead},
                                            {&intermediate.buffer(), Access::kRead},
                                            {&destination.buffer(), Access::kWrite}};
  const std::uint32_t threads =
      (push.columns + parameters::kResizeColumns - 1) / parameters::kResizeColumns;
  recorder.dispatch(vertical, resize_columns, push, {threads, push.rows, 1});
  const vulkan::Recording recording = recorder.finish();
  device.submit(recording).wait();

  const std::vector<float> result = destination.copy();
  for (std::size_t i = 0; i < kElement; ++i) CHECK(result[i] == kUntouched);
  for (std::size_t i = 1; i <= kTail; ++i) CHECK(result[result.size() - i] == kUntouched);
  return {result.begin() + kElement, result.end() - kTail};
}

/// Calls write(bytes, pixel) for each pixel of the window in each row, with the `pixel_bytes` bytes
/// to write it to and the pixel's R, G and B.
template <typename Write>
void write_window(std::uint8_t* rows, std::uint64_t row_bytes, std::uint32_t pixel_bytes,
                  const image::Image& picture, const image::SourceWindow& window, Write write) {
  for (std::uint64_t row = 0; row < window.rows; ++row) {
    for (std::uint64_t column = 0; column < window.columns; ++column) {
      const std::uint64_t pixel =
          (window.first_row + row) * picture.width + window.first_column + column;
      write(rows + row * row_bytes + column * pixel_bytes, picture.rgb.data() + 3 * pixel);
    }
  }
}

image::ResizePlan plan_of(const image::Image& picture, const image::ResizeTarget& target) {
  return image::make_resize_plan({picture.height, picture.width}, target);
}

/// Preprocesses RGB8 in rows without gaps.
std::vector<float> preprocess_bytes(DeviceFixture& fixture, const image::Image& picture,
                                    const image::ResizeTarget& target) {
  image::ResizePlan plan = plan_of(picture, target);
  const std::uint64_t row_bytes = std::uint64_t{3} * plan.window.columns;
  plan.set_source(PixelFormat::kRgb, row_bytes);
  // Only as large as the plan asks for, so that any access beyond it is out of bounds.
  MappedBuffer<std::uint8_t> source(fixture.device(),
                                    kSourceByte + (row_bytes * plan.window.rows + 3) / 4 * 4);
  std::ranges::fill(source.values(), std::uint8_t{0xAA});
  write_window(source.data() + kSourceByte, row_bytes, 3, picture, plan.window,
               [](std::uint8_t* to, const std::uint8_t* rgb) { std::copy_n(rgb, 3, to); });
  return resize_on(fixture, plan, target, "resize_horizontal", source.buffer());
}

/// Preprocesses 32-bit words: R, G, B and a noise byte.
std::vector<float> preprocess_words(DeviceFixture& fixture, const image::Image& picture,
                                    const image::ResizeTarget& target, std::uint32_t seed) {
  image::ResizePlan plan = plan_of(picture, target);
  const std::uint64_t row_bytes = std::uint64_t{4} * plan.window.columns;
  plan.set_source(PixelFormat::kRgba, row_bytes);
  MappedBuffer<std::uint8_t> source(fixture.device(), kSourceByte + row_bytes * plan.window.rows);
  std::mt19937 noise(seed);
  write_window(source.data() + kSourceByte, row_bytes, 4, picture, plan.window,
               [&noise](std::uint8_t* to, const std::uint8_t* rgb) {
                 std::copy_n(rgb, 3, to);
                 to[3] = static_cast<std::uint8_t>(noise());
               });
  return resize_on(fixture, plan, target, "resize_horizontal_words", source.buffer());
}

/// Normalised planes back to 0…255.
std::vector<double> levels(std::span<const float> planes,
                           const image::Normalisation& normalisation) {
  const std::size_t channels = normalisation.mean.size();
  const std::size_t pixels = planes.size() / channels;
  std::vector<double> result;
  for (std::size_t i = 0; i < planes.size(); ++i) {
    const std::size_t c = i / pixels;
    result.push_back(
        (static_cast<double>(planes[i]) * normalisation.std[c] + normalisation.mean[c]) * 255);
  }
  return result;
}

struct Case {
  std::uint32_t width, height;
  image::Extent target;
  double crop_ratio;
};

TEST_CASE_FIXTURE(
    DeviceFixture,
    "the shaders match the scalar reference to one 8-bit step, from bytes and from words") {
  const image::Extent paper{224, 224};
  const Case cases[] = {
      {1, 1, paper, kPaper},      {86, 108, paper, kPaper},    {333, 500, paper, kPaper},
      {500, 375, paper, kPaper},  {1, 777, paper, kPaper},     {777, 1, paper, kPaper},
      {2, 3, paper, kPaper},      {4000, 3000, paper, kPaper}, {30'000, 1, paper, kPaper},
      {1, 30'000, paper, kPaper}, {256, 256, paper, kPaper},   {225, 301, {384, 384}, kPaper},
      {32, 32, {32, 32}, 1.0},    {500, 333, {32, 32}, 1.0},   {641, 479, {240, 256}, kPaper},
      {30'000, 40, {17, 9}, 0.5},
  };
  double worst_mean = 0.0;
  std::uint32_t seed = std::random_device{}();
  for (const Case& c : cases) {
    for (const image::Normalisation& normalisation : {kRgb, kGrey}) {
      CAPTURE(++seed);
      CAPTURE(c.width);
      CAPTURE(c.height);
      CAPTURE(normalisation.mean.size());
      const image::Image picture = random_image(c.width, c.height, seed);
      const auto geometry = image::resize_geometry({c.height, c.width}, c.target, c.crop_ratio);
      const auto expected = reference::preprocess(picture, geometry, normalisation);
      const image::ResizeTarget target{c.target, c.crop_ratio, normalisation};
      for (const auto& actual : {preprocess_bytes(*this, picture, target),
                                 preprocess_words(*this, picture, target, seed)}) {
        const Difference d =
            difference<double>(levels(expected, normalisation), levels(actual, normalisation));
        CAPTURE(d.text());
        // A value at a rounding boundary may round to the other side: at float precision, one in
        // thousands does.
        CHECK(d.largest <= 1.0 + kFloatNoise);
        CHECK(d.mean <= 0.01);
        worst_mean = std::max(worst_mean, d.mean);
      }
    }
  }
  MESSAGE("largest mean difference of an image: ", worst_mean, " of 255");
}

TEST_CASE_FIXTURE(DeviceFixture, "the photographs match PIL's preprocessing") {
  if (!image::decodes_with_libjpeg()) return skip("built without libjpeg");
  const auto folder = photos_folder();
  int count = 0;
  double largest_mean = 0.0;
  for (const auto& entry : std::filesystem::directory_iterator(folder / "expected")) {
    const std::string name = entry.path().filename().string();
    const std::string suffix = ".224.png";
    if (!name.ends_with(suffix)) continue;
    CAPTURE(name);
    const image::Image picture =
        image::decode_image(folder / "photos" / name.substr(0, name.size() - suffix.size()));
    const auto actual = levels(preprocess_bytes(*this, picture, {{224, 224}, kPaper, kRgb}), kRgb);
    const image::Image reference = image::decode_image(entry.path());
    std::vector<double> expected;
    for (std::size_t c = 0; c < 3; ++c) {
      for (std::size_t i = c; i < reference.rgb.size(); i += 3)
        expected.push_back(reference.rgb[i]);
    }
    const Difference d = difference<double>(expected, actual);
    CAPTURE(d.text());
    CHECK(d.largest <= 1.0 + kFloatNoise);
    largest_mean = std::max(largest_mean, d.mean);
    ++count;
  }
  CHECK(count == kExpectedPhotos);
  MESSAGE("8-bit difference from PIL: largest mean of a photograph ", largest_mean);
}

}  // namespace
