// Preprocessing at the limits of a device: its largest storage buffer and allocation, memory that
// runs out, and a lost device.
#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "image/image_view.h"
#include "runtime/growing_memory.h"
#include "runtime/preprocessor.h"
#include "runtime/resize_commands.h"
#include "support/altered_loader.h"
#include "support/context_fixture.h"
#include "support/mapped_buffer.h"
#include "support/program_device.h"
#include "support/random.h"
#include "support/random_image.h"

using namespace gfnet;
using gfnet::test::AlteredLoader;
using gfnet::test::ContextFixture;
using gfnet::test::MappedBuffer;
using gfnet::test::ProgramDevice;
using gfnet::test::Random;
using gfnet::test::random_image;
using runtime::Preprocessor;

namespace {

constexpr std::uint32_t kSide = 20;
const image::ResizeTarget kTarget{{kSide, kSide}, 1.0, {{0.5f, 0.4f, 0.3f}, {0.2f, 0.3f, 0.4f}}};
constexpr std::size_t kElements = std::size_t{3} * kSide * kSide;

/// Bytes of the intermediate of an image whose rows all enter the result.
constexpr std::uint64_t intermediate_bytes(std::uint32_t height) {
  return std::uint64_t{height} * kSide * 4;
}

std::vector<float> preprocess(runtime::DeviceContext& context, std::span<const ImageView> images,
                              const Preprocessor::Options& options = {}) {
  MappedBuffer<float> input(context.device(), images.size() * kElements);
  runtime::RecordingCache recordings;
  Preprocessor preprocessor(context, kTarget, options);
  preprocessor.run(images, input.buffer(), recordings);
  preprocessor.wait();
  return input.copy();
}

/// A program's device that the engine uses through an altered loader.
struct AlteredDevice {
  /// What `loader` says when this is made is what the context sees of the device.
  runtime::DeviceContext make_context() {
    AdoptedDevice adopted = program.adopted();
    adopted.get_instance_proc_addr = &AlteredLoader::get;
    return runtime::DeviceContext(adopted);
  }

  ProgramDevice program;
  AlteredLoader loader;
};

}  // namespace

TEST_CASE_FIXTURE(ContextFixture,
                  "preprocessor: an image is too large if a buffer cannot hold its intermediate") {
  Random random;
  CAPTURE(random.seed());
  const Image large = random_image(random, 210, 200);
  const Image small = random_image(random, 31, 17);
  const std::uint64_t bytes = intermediate_bytes(200);
  const std::vector<ImageView> images{small, large, small};
  const std::vector<float> expected = preprocess(context(), images);
  for (const auto upload : {Preprocessor::Upload::kDirect, Preprocessor::Upload::kCopied}) {
    for (const std::uint64_t most : {bytes, bytes + 3, bytes + 4, 2 * bytes}) {
      CAPTURE(most);
      CHECK(preprocess(context(), images, {upload, 128u << 20, most}) == expected);
    }
    for (const std::uint64_t most : {bytes - 1, bytes - 4, bytes / 2}) {
      CAPTURE(most);
      CHECK_THROWS_WITH_AS(preprocess(context(), images, {upload, 128u << 20, most}),
                           doctest::Contains("an image of 210×200 pixels"), UnsupportedError);
    }
  }
}

TEST_CASE_FIXTURE(ContextFixture,
                  "preprocessor: a part has only as many images as a buffer can have parameters") {
  Random random;
  CAPTURE(random.seed());
  const Image image = random_image(random, 2, 1);
  const std::vector<ImageView> images(40, image);
  const std::vector<float> expected = preprocess(context(), images);
  // A buffer holds the intermediates of four images, but the parameters of three only.
  const std::uint64_t most = 4 * intermediate_bytes(1) + 4;
  REQUIRE(most < 4 * sizeof(parameters::ResizeImage));
  CHECK(preprocess(context(), images, {{}, 128u << 20, most}) == expected);
}

TEST_CASE("preprocessor: only lack of memory is an image too large, a lost device is not") {
  Random random;
  CAPTURE(random.seed());
  const Image small = random_image(random, 31, 17);
  const Image large = random_image(random, 210, 200);
  const ImageView small_view = small;
  const ImageView large_view = large;
  for (const auto upload : {Preprocessor::Upload::kDirect, Preprocessor::Upload::kCopied}) {
    AlteredDevice altered;
    runtime::DeviceContext context = altered.make_context();
    MappedBuffer<float> input(context.device(), kElements);
    runtime::RecordingCache recordings;
    Preprocessor preprocessor(context, kTarget, {upload, 10'000});
    const auto run = [&](const ImageView& view, std::size_t slot) {
      preprocessor.run({&view, 1}, input.buffer(), recordings, slot);
    };
    const auto check_lost = [&] {
      try {
        run(large_view, 1);
        FAIL("no error");
      } catch (const VulkanError& error) {
        CHECK(error.result() == VK_ERROR_DEVICE_LOST);
      }
    };
    altered.loader.failing_bytes = 12'000;
    altered.loader.allocation_result = VK_ERROR_OUT_OF_DEVICE_MEMORY;
    CHECK_THROWS_WITH_AS(run(large_view, 1), doctest::Contains("(not enough memory)"),
                         UnsupportedError);
    altered.loader.allocation_result = VK_ERROR_DEVICE_LOST;
    check_lost();
    altered.loader.allocation_result = VK_SUCCESS;
    run(small_view, 0);
    altered.loader.wait_result = VK_ERROR_DEVICE_LOST;
    check_lost();
    altered.loader.wait_result = VK_SUCCESS;
    preprocessor.wait();
    run(large_view, 1);
    preprocessor.wait();
    const std::vector<float> expected = preprocess(context, {&large_view, 1});
    CHECK(input.copy() == expected);
  }
}

TEST_CASE("device images: as many at a time as a buffer can hold the intermediates of") {
  Random random;
  CAPTURE(random.seed());
  constexpr std::uint32_t kImageSide = 130;
  constexpr std::size_t kImages = 3;
  std::vector<std::uint8_t> grey(kImages * kImageSide * kImageSide);
  for (std::uint8_t& byte : grey) byte = static_cast<std::uint8_t>(random.integer(0, 255));
  std::vector<ImageView> views;
  for (std::size_t i = 0; i < kImages; ++i) {
    views.push_back({&grey[i * kImageSide * kImageSide], kImageSide, kImageSide, kImageSide,
                     PixelFormat::kGrey});
  }
  struct Case {
    std::uint64_t range;
    // One after the copy of the parameters, one within each group, and one between groups.
    std::size_t barriers;
  };
  const std::uint64_t one = intermediate_bytes(kImageSide);
  std::vector<float> expected;
  for (const Case& c : {Case{8 * one, 2}, Case{5 * one / 2, 4}, Case{7 * one / 4, 6}}) {
    CAPTURE(c.range);
    AlteredDevice altered;
    altered.loader.max_storage_buffer_range = static_cast<std::uint32_t>(c.range);
    runtime::DeviceContext context = altered.make_context();
    std::vector<MappedBuffer<std::uint8_t>> sources;
    std::vector<runtime::DeviceImage> images;
    sources.reserve(kImages);
    for (const ImageView& view : views) {
      sources.emplace_back(context.device(), std::span(view.data, kImageSide * kImageSide));
      images.push_back(
          {&sources.back().buffer(), 0, view.width, view.height, view.row_stride, view.format});
    }
    MappedBuffer<float> input(context.device(), kImages * kElements);
    if (expected.empty()) expected = preprocess(context, views);
    const runtime::BoundRecording commands =
        runtime::record_preprocessing(context, kTarget, images, input.buffer());
    CHECK(commands.recording.counts().barriers == c.barriers);
    for (int time = 0; time < 2; ++time) {
      context.device().submit(commands.recording).wait();
      CHECK(input.copy() == expected);
    }
  }
}

TEST_CASE("device images: one whose intermediate exceeds a buffer is refused by its size") {
  AlteredDevice altered;
  altered.loader.max_storage_buffer_range = 5000;  // the intermediate has 5600 bytes
  runtime::DeviceContext context = altered.make_context();
  const MappedBuffer<std::uint8_t> source(context.device(), 4900);
  const MappedBuffer<float> input(context.device(), kElements);
  const runtime::DeviceImage image{&source.buffer(), 0, 70, 70, 70, PixelFormat::kGrey};
  CHECK_THROWS_WITH_AS(runtime::record_preprocessing(context, kTarget, {&image, 1}, input.buffer()),
                       doctest::Contains("an image of 70×70 pixels"), UnsupportedError);
}

TEST_CASE_FIXTURE(ContextFixture, "growing memory: grows to the device's largest allocation") {
  vulkan::DeviceInfo info = context().device().info();
  info.max_memory_allocation = (1u << 20) + 1;
  const vulkan::Device device(*context().instance(), info);
  const std::uint64_t most = vulkan::Memory::most_bytes(device);
  CHECK(most == 1u << 20);
  runtime::GrowingMemory memory(device, vulkan::MemoryKind::kUpload);
  memory.reserve(700'000);
  memory.reserve(800'000);
  CHECK(memory.memory().bytes() == most);
  CHECK(memory.holds(most));
  CHECK_THROWS_AS(memory.reserve(most + 1), UnsupportedError);
  memory.reserve(most);
  CHECK(memory.memory().bytes() == most);
}
