#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/image.h"
#include "gfnet/model.h"

/// What a network sees: where a class comes from, what its layers do with a picture's frequencies,
/// and the filters that it has learned; as numbers, and as pictures for people.
///
///   gfnet::ClassifierOptions options;
///   options.explain.class_maps = true;
///   gfnet::Classifier classifier(model, options);
///   const gfnet::Classification result = classifier.classify({&image, 1}).front();
///   const gfnet::Image heat =
///       gfnet::heat_overlay(image, model.description(), result.class_maps.front());
namespace gfnet {

/// What a classifier says beside its results. All of it is computed by the same recorded commands
/// as the results, which it leaves as they are.
struct ExplainOptions {
  /// Classification::class_maps: of each class in Classification::top, which the device finds and
  /// maps by itself.
  bool class_maps = false;
  /// The map of this class alone.
  std::optional<std::int64_t> class_index;
  /// Classification::spectrum: in this block, counted from 0 over all stages.
  std::optional<std::int64_t> layer;

  friend bool operator==(const ExplainOptions&, const ExplainOptions&) = default;
};

/// Where in a picture a class comes from. GFNet's head is linear and is given the mean over the
/// tokens of the last grid, so that a class's logit is the mean of what the head makes of each
/// token alone, plus the head's bias for the class: exactly, and nothing is approximated (Zhou et
/// al. 2016, eq. 2).
struct ClassMap {
  std::int64_t index = 0;
  /// The last stage's grid.
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// [height, width], in units of the logit. Their mean is the logit less the head's bias.
  std::vector<float> values;
};

/// What a block's filter is given and what it makes of it, in the frequency domain: the means over
/// the channels of |rfft2(LN1(x))| and of |K ⊙ rfft2(LN1(x))| (Rao et al. 2021, eq. 3),
/// orthonormal.
struct LayerSpectrum {
  std::int64_t layer = 0;
  /// Of the stage's grid.
  std::int64_t height = 0;
  std::int64_t width = 0;
  /// [height, width]: whole planes, frequency (0, 0) at [height/2, width/2].
  std::vector<float> before;
  std::vector<float> after;
};

// --- Numbers ----------------------------------------------------------------------------------

/// Blocks of all stages.
std::int64_t layer_count(const ModelDescription& model);

/// A block's learned global filter.
struct LayerFilter {
  std::int64_t layer = 0;
  /// As in the checkpoint: "blocks.2.0".
  std::string name;
  std::int64_t height = 0;
  std::int64_t width = 0;
  std::int64_t channels = 0;
  /// [height, width/2+1, channels, 2], complex.
  std::vector<float> kernel;
};

/// At the model's resolution. Throws ArgumentError if there is no such layer.
LayerFilter layer_filter(const Model& model, std::int64_t layer);

/// |K| of one channel: [height, width], frequency (0, 0) at [height/2, width/2].
std::vector<float> filter_magnitude(const LayerFilter& filter, std::int64_t channel);
/// The kernel that a circular convolution over the grid would have to do the same, irfft2(K) with
/// the inverse's 1/(H·W): [height, width], the shift (0, 0) at [height/2, width/2].
std::vector<float> spatial_kernel(const LayerFilter& filter, std::int64_t channel);

/// The whole plane of magnitudes [height, width], frequency (0, 0) at [height/2, width/2], of the
/// half that a real transform keeps, [height, width/2+1]: |X[h, w]| = |X[−h, −w]|.
std::vector<float> full_plane(std::span<const float> half, std::int64_t height, std::int64_t width);

/// In pixels of a picture, edges included: pixel x spans [x, x + 1).
struct Region {
  double left = 0;
  double top = 0;
  double width = 0;
  double height = 0;
};

/// The part of a picture that the network is shown, by the geometry of its preprocessing. Throws
/// UnsupportedError for an empty picture.
Region seen_region(const ModelDescription& model, std::uint32_t width, std::uint32_t height);

// --- Pictures ---------------------------------------------------------------------------------

using Rgb = std::array<std::uint8_t, 3>;

/// From dark violet by red to light yellow for 0 … 1, lightness (OKLab) rising in proportion, so
/// that equal steps look equal and a grey print keeps the order. Beyond, the nearest end.
Rgb heat_colour(double value);
/// From blue by white to red for −1 … 1: of equal lightness at ±v.
Rgb signed_colour(double value);

struct Range {
  float least = 0;
  float most = 0;

  /// 0 … 1 within the range; all of an empty range is 0.
  double position(float value) const;
};
/// Of the values that are finite.
Range range_of(std::span<const float> values);

/// One pixel a value, by heat_colour over the range: what a display can scale as it likes.
/// values: [height, width].
Image heat_picture(std::span<const float> values, std::int64_t height, std::int64_t width,
                   const Range& range);

/// How heat_overlay mixes: of the heat so much, of the picture's brightness the rest.
constexpr double kHeatOpacity = 0.6;
/// What is left of a picture's colours where the network did not look.
constexpr double kUnseenBrightness = 0.35;

/// The picture with the map over the part that the network was shown, interpolated (bicubic), the
/// rest dimmed. range: what the colours stand for; the map's own by default.
Image heat_overlay(const Image& picture, const ModelDescription& model, const ClassMap& map,
                   const std::optional<Range>& range = std::nullopt);

/// The heat alone: what heat_overlay lays over the part that the network was shown, in
/// height×width pixels, for a display that mixes by itself.
Image heat_layer(const ModelDescription& model, const ClassMap& map, std::uint32_t width,
                 std::uint32_t height, const std::optional<Range>& range = std::nullopt);

/// Both planes of a spectrum, a pixel a value, in the colours of one logarithmic scale, for one
/// cannot be told from the other otherwise.
struct SpectrumPictures {
  Image before;
  Image after;
  /// The magnitudes at the scale's ends. Zeros take the least of the others.
  Range magnitudes;
};
SpectrumPictures spectrum_pictures(const LayerSpectrum& spectrum);

/// filter_magnitude on the channel's own logarithmic scale, a pixel a value.
Image filter_frequency_picture(const LayerFilter& filter, std::int64_t channel);
/// spatial_kernel by signed_colour, a pixel a value: zero is white, and the largest magnitude full
/// blue or red.
Image filter_spatial_picture(const LayerFilter& filter, std::int64_t channel);

/// A picture and what is to be said of it.
struct ExplainedPicture {
  Image picture;
  /// ASCII; other characters are drawn as "?".
  std::string caption;
  ClassMap map;
  std::optional<LayerSpectrum> spectrum;
};

/// A row a picture: the picture with the part that the network was shown; the heat map over it with
/// its scale; with a spectrum, both planes on one logarithmic scale.
Image explain_sheet(std::span<const ExplainedPicture> pictures, const ModelDescription& model);

/// The channels that a sheet shows of so many: spread evenly, from the first on.
std::vector<std::int64_t> sheet_channels(std::int64_t channels, std::int64_t shown);

/// Learned filters: side by side the magnitudes in the frequency domain (logarithmic, zero
/// frequency in the middle) and the kernels that they are in the spatial domain, each on its own
/// scale, as Rao et al. (2021) show them. `channels` of each layer, eight in a row. Throws Error
/// without a layer.
Image filter_sheet(std::span<const LayerFilter> layers, std::int64_t channels);

}  // namespace gfnet
