#include "image/formats/optional/lab_colours.h"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>
#include <vector>

namespace gfnet::image {
namespace {

constexpr std::size_t kNodes = 33;  // of each axis

using LabNode = std::array<float, 3>;

/// The inverse of the function by which L*a*b* is made from XYZ.
double cube_of(double t) {
  constexpr double kLinear = 24.0 / 116.0;
  return t > kLinear ? t * t * t : 108.0 / 841.0 * (t - 16.0 / 116.0);
}

/// sRGB, from 0 to 1. The matrix takes XYZ under D50 to linear sRGB.
LabNode exact_rgb(double lightness, double a, double b) {
  constexpr double kMatrix[3][3] = {{3.1338564, -1.6168668, -0.4906148},
                                    {-0.9787686, 1.9161416, 0.0334541},
                                    {0.0719452, -0.2289913, 1.4052427}};
  const double y = (lightness + 16) / 116;
  const double xyz[3] = {0.9642 * cube_of(y + a / 500), cube_of(y), 0.8249 * cube_of(y - b / 200)};
  LabNode rgb;
  for (std::size_t c = 0; c < 3; ++c) {
    const double sum = kMatrix[c][0] * xyz[0] + kMatrix[c][1] * xyz[1] + kMatrix[c][2] * xyz[2];
    const double linear = std::clamp(sum, 0.0, 1.0);
    rgb[c] = static_cast<float>(linear <= 0.0031308 ? 12.92 * linear
                                                    : 1.055 * std::pow(linear, 1 / 2.4) - 0.055);
  }
  return rgb;
}

/// The colours of the nodes, [L*, a*, b*].
std::vector<LabNode> make_nodes() {
  std::vector<LabNode> nodes;
  const auto at = [](std::size_t i) { return static_cast<double>(i) / (kNodes - 1); };
  for (std::size_t l = 0; l < kNodes; ++l) {
    for (std::size_t a = 0; a < kNodes; ++a) {
      for (std::size_t b = 0; b < kNodes; ++b) {
        nodes.push_back(exact_rgb(100 * at(l), 255 * at(a) - 128, 255 * at(b) - 128));
      }
    }
  }
  return nodes;
}

}  // namespace

void rgb_from_lab(const std::uint8_t* lab, std::uint8_t* rgb, std::size_t pixels) {
  static const std::vector<LabNode> kColours = make_nodes();
  constexpr std::size_t kSteps[3] = {kNodes * kNodes, kNodes, 1};
  for (; pixels > 0; --pixels, lab += 3, rgb += 3) {
    // The tetrahedron of four nodes around the colour: from the lowest node along the axis with the
    // largest fraction, then the next, then the last.
    std::size_t node = 0;
    std::array<std::size_t, 3> axes{0, 1, 2};
    std::array<float, 3> fractions;
    for (std::size_t axis = 0; axis < 3; ++axis) {
      const int value = axis == 0 ? lab[axis] : lab[axis] ^ 128;
      const float place = static_cast<float>(value) * (kNodes - 1) / 255.0f;
      const std::size_t below = std::min(static_cast<std::size_t>(place), kNodes - 2);
      fractions[axis] = place - static_cast<float>(below);
      node += below * kSteps[axis];
    }
    // Of equal fractions, the first axis stays the first.
    const auto order = [&](std::size_t i, std::size_t j) {
      if (fractions[axes[j]] > fractions[axes[i]]) std::swap(axes[i], axes[j]);
    };
    order(0, 1);
    order(1, 2);
    order(0, 1);
    LabNode sum = kColours[node];
    for (const std::size_t axis : axes) {
      const LabNode& from = kColours[node];
      node += kSteps[axis];
      for (std::size_t c = 0; c < 3; ++c) sum[c] += fractions[axis] * (kColours[node][c] - from[c]);
    }
    for (std::size_t c = 0; c < 3; ++c) {
      rgb[c] = static_cast<std::uint8_t>(std::lround(255 * std::clamp(sum[c], 0.0f, 1.0f)));
    }
  }
}

}  // namespace gfnet::image
