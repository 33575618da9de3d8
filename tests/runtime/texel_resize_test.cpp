// On software drivers, images of 3 bytes a pixel go through a kernel of their own.
#include <doctest/doctest.h>

#include <cstdint>
#include <vector>

#include "runtime/preprocessor.h"
#include "runtime/resize_commands.h"
#include "support/context_fixture.h"
#include "support/mapped_buffer.h"
#include "support/random.h"
#include "support/random_image.h"
#include "support/skip.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using gfnet::test::MappedBuffer;
using gfnet::test::Random;

TEST_CASE_FIXTURE(ContextFixture,
                  "the resize by texels gives the bits of the resize by words, up and down") {
  Random random;
  CAPTURE(random.seed());
  if (runtime::texel_resize_lanes(context().facts(), context().facts().max_buffer_bytes) == 0) {
    return test::skip("no kernel by texels for this device");
  }
  // Sides that are no multiple of the kernel's columns, rows and pixels, and one that is.
  for (const image::Extent extent : {image::Extent{17, 23}, {32, 32}, {61, 5}}) {
    for (const double crop : {0.875, 1.0}) {
      CAPTURE(extent.height);
      CAPTURE(crop);
      const image::ResizeTarget target{extent, crop, {{0.5f, 0.4f, 0.3f}, {0.2f, 0.3f, 0.4f}}};
      std::vector<Image> images;
      for (const auto& [width, height] :
           {std::pair{1, 1}, {1, 300}, {300, 1}, {16, 16}, {700, 400}}) {
        images.push_back(test::random_image(random, static_cast<std::uint32_t>(width),
                                            static_cast<std::uint32_t>(height)));
      }
      for (int i = 0; i < 6; ++i) {
        images.push_back(test::random_image(random,
                                            static_cast<std::uint32_t>(random.integer(1, 500)),
                                            static_cast<std::uint32_t>(random.integer(1, 300))));
      }
      std::vector<ImageView> views;
      std::vector<MappedBuffer<std::uint8_t>> buffers;
      std::vector<runtime::DeviceImage> device_images;
      for (const Image& image : images) {
        ImageView view = image;
        if (views.size() % 2 == 1) view.format = PixelFormat::kBgr;
        views.push_back(view);
        buffers.emplace_back(context().device(), (image.rgb.size() + 3) / 4 * 4);
        std::ranges::copy(image.rgb, buffers.back().data());
        device_images.push_back(
            {nullptr, 0, image.width, image.height, view.row_stride, view.format});
      }
      for (std::size_t i = 0; i < images.size(); ++i)
        device_images[i].buffer = &buffers[i].buffer();
      const std::size_t elements = images.size() * 3 * extent.height * extent.width;
      MappedBuffer<float> by_words(context().device(), elements);
      const runtime::BoundRecording commands =
          runtime::record_preprocessing(context(), target, device_images, by_words.buffer());
      context().device().submit(commands.recording).wait();
      // In one part, and in parts so small that images are split.
      for (const std::uint64_t part_bytes : {std::uint64_t{128} << 20, std::uint64_t{20'000}}) {
        runtime::Preprocessor::Options options;
        options.part_bytes = part_bytes;
        runtime::Preprocessor preprocessor(context(), target, options);
        CHECK(preprocessor.tensor(views, elements) == by_words.copy());
      }
    }
  }
}
