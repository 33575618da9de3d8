#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

#include "image/image.h"
#include "support/repository.h"

/// Helpers of the image tests.
namespace gfnet::test {

inline std::filesystem::path image_data_folder() {
  return repository() / "tests" / "image" / "data";
}

/// Folder that tests/data/make_photos.py wrote: photos/NAME, and expected/NAME.224.png for some.
inline std::filesystem::path photos_folder() {
  const char* folder = std::getenv("GFNET_TEST_PHOTOS");
  if (folder == nullptr) {
    throw std::runtime_error(
        "GFNET_TEST_PHOTOS must name the folder that tests/data/make_photos.py wrote");
  }
  return folder;
}

/// Number of photographs, and number of those with an expected image.
inline constexpr int kPhotos = 200;
inline constexpr int kExpectedPhotos = 46;

/// A file of tests/image/data, as make_samples.py describes it in samples.tsv. width, height,
/// pixels (the file with the RGB that PIL reads) and fallback (the largest difference allowed to
/// stb_image, in 1/255) are of a file that is read; refusal, words of the message, is of another.
/// name: the file's path within its folder.
struct Sample {
  std::string name;
  std::filesystem::path path;
  std::string format;
  std::string form;
  std::uint32_t width = 0;
  std::uint32_t height = 0;
  std::filesystem::path pixels;
  double fallback = 0.0;
  std::string refusal;
};

/// The lines of a folder's samples.tsv.
inline std::vector<Sample> read_samples(const std::filesystem::path& folder = image_data_folder()) {
  std::ifstream file(folder / "samples.tsv");
  std::vector<Sample> samples;
  for (std::string line; std::getline(file, line);) {
    std::istringstream columns(line);
    Sample sample;
    std::string extent;
    std::string pixels;
    std::string last;
    for (std::string* column :
         {&sample.name, &sample.format, &sample.form, &extent, &pixels, &last}) {
      std::getline(columns, *column, '\t');
    }
    sample.path = folder / sample.name;
    if (pixels == "refused") {
      sample.refusal = last;
    } else {
      sample.width = static_cast<std::uint32_t>(std::stoul(extent));
      sample.height = static_cast<std::uint32_t>(std::stoul(extent.substr(extent.find('x') + 1)));
      sample.pixels = folder / pixels;
      sample.fallback = std::stod(last);
    }
    samples.push_back(sample);
  }
  return samples;
}

/// The samples that are read.
inline std::vector<Sample> readable_samples() {
  std::vector<Sample> samples = read_samples();
  std::erase_if(samples, [](const Sample& sample) { return !sample.refusal.empty(); });
  return samples;
}

inline std::vector<std::uint8_t> read_bytes(const std::filesystem::path& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

/// Smooth waves with noise on top, so that both the overshoot and the rounding of a filter show.
inline image::Image random_image(std::uint32_t width, std::uint32_t height, std::uint32_t seed) {
  std::mt19937 random(seed);
  image::Image image{width, height, {}};
  image.rgb.resize(std::size_t{width} * height * 3);
  const double fx = 0.01 + 0.3 * (random() % 1000) / 1000.0;
  const double fy = 0.01 + 0.3 * (random() % 1000) / 1000.0;
  std::size_t i = 0;
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      const double wave = 127.5 + 100.0 * std::sin(fx * x + fy * y);
      for (int c = 0; c < 3; ++c, ++i) {
        const double noise = static_cast<double>(random() % 161) - 80.0;
        image.rgb[i] = static_cast<std::uint8_t>(std::clamp(wave + noise, 0.0, 255.0));
      }
    }
  }
  return image;
}

/// Largest and mean absolute difference, and where the largest is.
struct Difference {
  double largest = 0.0;
  double mean = 0.0;
  std::size_t worst = 0;
  double expected = 0.0;
  double actual = 0.0;

  std::string text() const {
    return "largest difference " + std::to_string(largest) + " at index " + std::to_string(worst) +
           " (expected " + std::to_string(expected) + ", actual " + std::to_string(actual) +
           "), mean " + std::to_string(mean);
  }
};

template <typename T>
Difference difference(std::span<const T> expected, std::span<const T> actual) {
  Difference result;
  if (expected.size() != actual.size()) {
    result.largest = INFINITY;
    return result;
  }
  for (std::size_t i = 0; i < expected.size(); ++i) {
    const double e = static_cast<double>(expected[i]);
    const double a = static_cast<double>(actual[i]);
    const double d = std::abs(e - a);
    result.mean += d;
    if (!(d <= result.largest)) result = {d, result.mean, i, e, a};
  }
  if (!expected.empty()) result.mean /= static_cast<double>(expected.size());
  return result;
}

}  // namespace gfnet::test
