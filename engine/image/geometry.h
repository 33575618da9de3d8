#pragma once

#include <cstdint>

/// Where the samples of a resized and cropped picture come from, as PIL's antialiased bicubic
/// filter and torchvision's Resize and CenterCrop have it (the pipeline behind the paper's
/// figures).
namespace gfnet::image {

/// In pixels.
struct Extent {
  std::uint32_t height = 0;
  std::uint32_t width = 0;

  friend bool operator==(const Extent&, const Extent&) = default;
};

/// Source samples [begin, end) that enter one output sample.
struct TapRange {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
};

/// One axis: `source` samples are resampled to `resized`, of which [offset, offset + cropped) is
/// kept. `resized` may be far beyond what fits any memory (a picture one pixel thin); only the crop
/// is ever computed.
struct AxisGeometry {
  std::uint32_t source = 0;
  std::uint64_t resized = 0;
  std::uint64_t offset = 0;
  std::uint32_t cropped = 0;

  /// Source samples an output sample.
  double scale() const { return static_cast<double>(source) / static_cast<double>(resized); }
  /// By how much the filter is stretched: scale() where the picture shrinks, 1 where it grows.
  double filter_scale() const;
  /// Position of the centre of kept sample `index` on the source axis; sample s spans [s, s + 1).
  double centre(std::uint32_t index) const;
  /// Samples within two filter_scale() of the centre, whose distances PIL rounds.
  TapRange taps(std::uint32_t index) const;
  /// Samples that any kept sample uses.
  TapRange taps() const { return {taps(0).begin, taps(cropped - 1).end}; }

  friend bool operator==(const AxisGeometry&, const AxisGeometry&) = default;
};

struct ResizeGeometry {
  AxisGeometry vertical;
  AxisGeometry horizontal;

  friend bool operator==(const ResizeGeometry&, const ResizeGeometry&) = default;
};

/// Resizes `source` until it just covers target / crop_ratio (each side truncated to int) and keeps
/// the middle `target`. For a square target that is torchvision's Resize(int(size / crop_ratio)),
/// shorter side to that size and the longer one truncated, then CenterCrop(size). For another
/// target the side that needs the larger factor takes the place of the shorter one, so that both
/// are covered. crop_ratio: 224/256 in the paper, 1 for inputs of 32 px and less. Every extent must
/// be positive and crop_ratio in (0, 1]; throws UnsupportedError otherwise.
ResizeGeometry resize_geometry(Extent source, Extent target, double crop_ratio);

/// Keys' cubic convolution kernel with a = −1/2 (IEEE Trans. ASSP 29(6), 1981, eq. 8), zero from
/// |x| = 2.
double bicubic(double x);

}  // namespace gfnet::image
