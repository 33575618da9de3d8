#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/image.h"
#include "gfnet/model.h"

/// Explanations of a network: where in an image a class comes from, what a layer does to the
/// frequencies, and the learned filters. Each is available as numbers and as a picture.
///
///   gfnet::ClassifierOptions options;
///   options.explain.class_maps = true;
///   gfnet::Classifier classifier(model, options);
///   const gfnet::Classification result = classifier.classify({&image, 1}).front();
///   const gfnet::Image heat =
///       gfnet::heat_overlay(image, model.description(), result.class_maps.front());
namespace gfnet {

/// Explanations that a classifier computes in addition to its results. The results do not change.
/// One run of a batch's recorded commands computes both.
struct ExplainOptions {
  /// Fill Classification::class_maps: one map for each class in Classification::top. The device
  /// selects the classes itself.
  bool class_maps = false;
  /// With class_maps: map only this class.
  std::optional<std::int64_t> class_index;
  /// Fill Classification::spectrum for this block, counted from 0 over all stages.
  std::optional<std::int64_t> layer;

  friend bool operator==(const ExplainOptions&, const ExplainOptions&) = default;
};

/// Shows where in an image a class comes from: what each token contributes to the class's logit.
/// GFNet's head is linear and its input is the mean over the last grid's tokens. The logit is
/// therefore the mean of the head's products with each token, plus the head's bias for the class.
/// This is exact, not an approximation (Zhou et al. 2016, eq. 2).
struct ClassMap {
  /// The class.
  std::int64_t index = 0;
  /// The last stage's grid, in tokens.
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// [height, width], in units of the logit. Their mean is the logit minus the head's bias.
  std::vector<float> values;
};

/// The magnitudes of a block's spectrum before and after its filter: |rfft2(LN1(x))| and
/// |K ⊙ rfft2(LN1(x))|, each averaged over the channels (Rao et al. 2021, eq. 3). The transform is
/// orthonormal.
struct LayerSpectrum {
  std::int64_t layer = 0;
  /// Grid of the block's stage, in tokens.
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// [height, width]: full planes, frequency (0, 0) at [height/2, width/2].
  std::vector<float> before;
  std::vector<float> after;
};

// --- Numbers ----------------------------------------------------------------------------------

/// Number of blocks in all stages.
std::int64_t layer_count(const ModelDescription& model);

/// A block's learned global filter.
struct LayerFilter {
  std::int64_t layer = 0;
  /// Name of the block in the checkpoint, such as "blocks.2.0".
  std::string name;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  /// [height, width/2+1, channels, 2], complex.
  std::vector<float> kernel;
};

/// The filter of block `layer`, counted from 0 over all stages, at the model's resolution. Throws
/// ArgumentError if there is no such block.
LayerFilter layer_filter(const Model& model, std::int64_t layer);

/// Magnitudes |K| of one channel's filter. Returns [height, width], frequency (0, 0) at
/// [height/2, width/2]. Throws ArgumentError if there is no such channel.
std::vector<float> filter_magnitude(const LayerFilter& filter, std::int64_t channel);
/// The filter of one channel in the spatial domain: the kernel of the equivalent circular
/// convolution over the grid, irfft2(K) with the inverse's factor 1/(H·W).
/// Returns [height, width], shift (0, 0) at [height/2, width/2]. Throws as filter_magnitude().
std::vector<float> spatial_kernel(const LayerFilter& filter, std::int64_t channel);

/// Expands the half spectrum of a real transform to a full plane: |X[h, w]| = |X[−h, −w]|.
/// half: magnitudes [height, width/2+1], frequency (0, 0) first.
/// Returns [height, width], frequency (0, 0) at [height/2, width/2]. Throws Error if the size of
/// `half` does not match.
std::vector<float> full_plane(std::span<const float> half, std::int64_t height, std::int64_t width);

/// A rectangle in an image, in pixels; pixel x spans [x, x + 1). Its edges may lie between pixels.
struct Region {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

/// The part of an image that the network sees after resize and crop. width, height: of the image.
/// Throws UnsupportedError for an empty image.
Region seen_region(const ModelDescription& model, std::uint32_t width, std::uint32_t height);

// --- Pictures ---------------------------------------------------------------------------------

using Rgb = std::array<std::uint8_t, 3>;

/// Colour for a value 0 … 1: from dark violet through red to light yellow. Lightness (OKLab) is
/// proportional to the value. Equal steps therefore look equal, and a grey print keeps the order.
/// Values below 0 get the colour of 0, values above 1 the colour of 1.
Rgb heat_colour(double value);
/// Colour for a value −1 … 1: from blue through white to red. −v and v have equal lightness.
Rgb signed_colour(double value);

struct Range {
  float least = 0;
  float most = 0;

  /// Where the value lies in the range: 0 at `least`, 1 at `most`. Always 0 for an empty range.
  double position(float value) const;
};
/// Smallest and largest of the finite values; an empty range if there are none.
Range range_of(std::span<const float> values);

/// Draws each value as one pixel, coloured by heat_colour over the range. A display can enlarge it.
/// values: [height, width].
Image heat_picture(std::span<const float> values, std::int64_t height, std::int64_t width,
                   const Range& range);

/// Weight of the heat colour in heat_overlay(), which mixes it with the image's brightness. The
/// brightness has the remaining weight.
constexpr double kHeatOpacity = 0.6;
/// Factor that dims the part of an image that the network did not see.
constexpr double kUnseenBrightness = 0.35;

/// Draws the map, interpolated (bicubic), over the part of the image that the network saw, and dims
/// the rest. range: values at the ends of the colour scale; default: the map's own range.
/// Throws like seen_region(), and Error if the map is empty or malformed.
Image heat_overlay(const Image& picture, const ModelDescription& model, const ClassMap& map,
                   const std::optional<Range>& range = std::nullopt);

/// Draws the map's colours alone: height×width pixels for the part of the image that the network
/// saw. For a display that mixes them with the image itself. Throws as heat_overlay().
Image heat_layer(const ModelDescription& model, const ClassMap& map, std::uint32_t width,
                 std::uint32_t height, const std::optional<Range>& range = std::nullopt);

/// The planes `before` and `after` of a LayerSpectrum as images, one pixel for each value. They
/// share one logarithmic colour scale, so that they can be compared.
struct SpectrumPictures {
  Image before;
  Image after;
  /// The magnitudes at the scale's ends. Zeros are drawn as the smallest other magnitude of their
  /// plane.
  Range magnitudes;
};
/// Draws both planes in heat_colour(): width×height pixels each.
SpectrumPictures spectrum_pictures(const LayerSpectrum& spectrum);

/// Draws filter_magnitude() in heat_colour() on the channel's own logarithmic scale, one pixel for
/// each value. Throws as filter_magnitude().
Image filter_frequency_picture(const LayerFilter& filter, std::int64_t channel);
/// Draws spatial_kernel() in signed_colour(), one pixel for each value. Zero is white; the largest
/// magnitude is full blue or red. Throws as filter_magnitude().
Image filter_spatial_picture(const LayerFilter& filter, std::int64_t channel);

/// An image with its explanations. explain_sheet() draws them as one row.
struct ExplainedPicture {
  Image picture;
  /// ASCII; other characters are drawn as "?".
  std::string caption;
  ClassMap map;
  std::optional<LayerSpectrum> spectrum;
};

/// Draws one row for each image: the image with the part that the network saw, the heat map over it
/// with its scale, and, if there is a spectrum, both planes on one logarithmic scale.
/// Throws Error if there are no images.
Image explain_sheet(std::span<const ExplainedPicture> pictures, const ModelDescription& model);

/// The channels that filter_sheet() shows: `shown` of `channels`, evenly spaced, starting at 0.
std::vector<std::int64_t> sheet_channels(std::int64_t channels, std::int64_t shown);

/// Draws learned filters as Rao et al. (2021) show them. On the left the magnitudes in the
/// frequency domain (logarithmic, zero frequency in the middle), on the right the kernels in the
/// spatial domain. Each tile shows one channel and has its own scale. channels: number of tiles for
/// each layer, eight in a row.
/// Throws Error if there are no layers.
Image filter_sheet(std::span<const LayerFilter> layers, std::int64_t channels);

}  // namespace gfnet
