// The shaders that turn images into a network's input.
#include <algorithm>

#include "image/image_view.h"
#include "reference/preprocess.h"
#include "runtime/preprocessor.h"
#include "selfcheck/device_check.h"

namespace gfnet::selfcheck {
namespace {

using runtime::Preprocessor;

const image::ResizeTarget kTarget{{40, 24}, 0.875, {{0.5f, 0.4f, 0.3f}, {0.2f, 0.3f, 0.4f}}};
/// Error of a pixel in steps of 8 bits: a value at a rounding boundary may round to the other side.
/// The rest is for normalising in floats.
constexpr double kSteps = 1.0 + 1e-3;

/// A random image, 3 or 4 bytes a pixel.
struct RandomImage {
  RandomImage(Numbers& numbers, std::uint32_t width, std::uint32_t height, PixelFormat format) {
    image.width = width;
    image.height = height;
    const std::size_t bytes = image::bytes_per_pixel(format);
    for (const float value : numbers.normal(std::int64_t{3} * width * height, 128, 60)) {
      image.rgb.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0f, 255.0f)));
    }
    for (std::size_t i = 0; i < image.rgb.size(); ++i) {
      pixels.push_back(image.rgb[i]);
      if (bytes == 4 && i % 3 == 2) pixels.push_back(static_cast<std::uint8_t>(i));
    }
    view = {pixels.data(), width, height, bytes * width, format};
  }
  RandomImage(const RandomImage&) = delete;

  Image image;
  std::vector<std::uint8_t> pixels;
  ImageView view;
};

}  // namespace

void DeviceCheck::run_preprocessing() {
  struct Case {
    PixelFormat format;
    Preprocessor::Upload upload;
    const char* name;
  };
  constexpr Case kCases[] = {
      {PixelFormat::kRgb, Preprocessor::Upload::kDirect, kPreprocessingNames[0]},
      {PixelFormat::kRgba, Preprocessor::Upload::kDirect, kPreprocessingNames[1]},
      {PixelFormat::kRgb, Preprocessor::Upload::kCopied, kPreprocessingNames[2]}};
  for (const Case& c : kCases) {
    if (!wants(c.name)) continue;
    const RandomImage image(numbers_, 107, 86, c.format);
    const auto geometry = image::resize_geometry({image.image.height, image.image.width},
                                                 kTarget.extent, kTarget.crop_ratio);
    const std::vector<float> expected =
        reference::preprocess(image.image, geometry, kTarget.normalisation);
    CheckedKernel kernel;
    kernel.name = kernel.label = c.name;
    kernel.sizes = "107×86 to 24×40";
    observe(
        kernel,
        [&] {
          std::vector<std::vector<float>> runs;
          for (int run = 0; run < kRuns; ++run) {
            Preprocessor::Options options;
            options.upload = c.upload;
            Preprocessor preprocessor(context_, kTarget, options);
            runs.push_back(preprocessor.tensor({&image.view, 1}, expected.size()));
          }
          return runs;
        },
        [&](const std::vector<float>& output) {
          const std::size_t plane = expected.size() / kTarget.normalisation.std.size();
          Values bounds;
          for (std::size_t i = 0; i < expected.size(); ++i) {
            bounds.push_back(kSteps / 255 / kTarget.normalisation.std[i / plane]);
          }
          return worst_share(output, Values(expected.begin(), expected.end()), bounds);
        });
  }
}

}  // namespace gfnet::selfcheck
