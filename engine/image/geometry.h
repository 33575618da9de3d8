#pragma once

#include <cstdint>

/// Resize and crop geometry: which source samples enter each output sample. The geometry matches
/// PIL's antialiased bicubic filter and torchvision's Resize and CenterCrop. The paper's accuracies
/// were measured with this preprocessing.
namespace gfnet::image {

/// Size of an image in pixels.
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

/// Resize and crop along one axis. `source` samples are resampled to `resized` samples. Of these,
/// the crop keeps [offset, offset + cropped). Only kept samples are computed, so `resized` may be
/// so large that all its samples would not fit in memory, for example for an image one pixel high.
struct AxisGeometry {
  std::uint32_t source = 0;
  std::uint64_t resized = 0;
  std::uint64_t offset = 0;
  std::uint32_t cropped = 0;

  /// Source samples per output sample.
  double scale() const { return static_cast<double>(source) / static_cast<double>(resized); }
  /// How much the filter is stretched: scale() if the image shrinks, 1 if it grows.
  double filter_scale() const;
  /// Position of the centre of kept sample `index` on the source axis; sample s spans [s, s + 1).
  double centre(std::uint32_t index) const;
  /// Source samples within 2·filter_scale() of the centre of kept sample `index`. Both ends are
  /// rounded as PIL does.
  TapRange taps(std::uint32_t index) const;
  /// Source samples that the kept samples use.
  TapRange taps() const { return {taps(0).begin, taps(cropped - 1).end}; }

  friend bool operator==(const AxisGeometry&, const AxisGeometry&) = default;
};

struct ResizeGeometry {
  AxisGeometry vertical;
  AxisGeometry horizontal;

  friend bool operator==(const ResizeGeometry&, const ResizeGeometry&) = default;
};

/// Geometry of a resize followed by a centre crop to `target`. The resize keeps the aspect ratio
/// and scales `source` until it just covers target / crop_ratio (each side truncated to int). The
/// side that needs the larger factor sets the scale. For a square target this is torchvision's
/// Resize(int(size / crop_ratio)), then CenterCrop(size): Resize scales the shorter side to the
/// given size and truncates the longer side.
/// crop_ratio: 224/256 in the paper, 1 for inputs of 32 px and less. Throws UnsupportedError unless
/// all extents are positive and crop_ratio lies in (0, 1].
ResizeGeometry resize_geometry(Extent source, Extent target, double crop_ratio);

/// Keys' cubic convolution kernel with a = −1/2 (IEEE Trans. ASSP 29(6), 1981, eq. 8). It is zero
/// for |x| ≥ 2.
double bicubic(double x);

}  // namespace gfnet::image
