#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "gfnet/explain.h"
#include "gfnet/export.h"
#include "gfnet/image.h"
#include "gfnet/model.h"

/// Drawings of explanations (gfnet/explain.h): heat maps, spectra and learned filters. Also of
/// confusion matrices.
///
///   gfnet::ClassifierOptions options;
///   options.explain.class_maps = true;
///   gfnet::Classifier classifier(model, options);
///   const gfnet::Classification result = classifier.classify({&image, 1}).front();
///   const gfnet::Image heat =
///       gfnet::heat_overlay(image, model.description(), result.class_maps.front());
namespace gfnet {

using Rgb = std::array<std::uint8_t, 3>;

/// Colour for a value 0 … 1: from dark violet through red to light yellow. The colour's lightness
/// (OKLab) is proportional to the value. Equal steps of the value therefore look equal, and a grey
/// print keeps the order. Values below 0 get the colour of 0, values above 1 the colour of 1.
GFNET_API Rgb heat_colour(double value);
/// Colour for a value −1 … 1: from blue through white to red. −v and v have equal lightness.
GFNET_API Rgb signed_colour(double value);

struct GFNET_API Range {
  float least = 0;
  float most = 0;

  /// Where the value lies in the range: 0 at `least`, 1 at `most`. Always 0 if the range is empty
  /// (`most` is not above `least`).
  double position(float value) const;
};
/// Smallest and largest of the finite values. If no value is finite: an empty range.
GFNET_API Range range_of(std::span<const float> values);

/// Draws each value as one pixel, coloured by heat_colour() over the range. The program that shows
/// the image can enlarge it. values: [height, width]. Throws ArgumentError if height or width is
/// below 1, or if they do not match the number of values.
GFNET_API Image heat_image(std::span<const float> values, std::int64_t height, std::int64_t width,
                           const Range& range);

/// heat_overlay() mixes the heat colour with the brightness of the image. This is the weight of the
/// heat colour. The brightness has the remaining weight, 1 − kHeatOpacity.
constexpr double kHeatOpacity = 0.6;
/// Factor that dims the part of an image that the network did not see.
constexpr double kUnseenBrightness = 0.35;

/// Draws the map, interpolated (bicubic), over the part of the image that the network saw, and dims
/// the rest of the image. range: values at the ends of the colour scale; default: the map's own
/// range.
/// Throws as seen_region() does, and throws ArgumentError if the size of `rgb` or of the map's
/// values does not match.
GFNET_API Image heat_overlay(const Image& image, const ModelDescription& model, const ClassMap& map,
                             const std::optional<Range>& range = std::nullopt);

/// Draws the map's colours alone: height×width pixels for the part of the image that the network
/// saw. For programs that mix the colours with the image themselves. Throws ArgumentError if the
/// size of the map's values does not match.
GFNET_API Image heat_layer(const ModelDescription& model, const ClassMap& map, std::uint32_t width,
                           std::uint32_t height, const std::optional<Range>& range = std::nullopt);

/// The planes `before` and `after` of a LayerSpectrum as images, one pixel for each value. Both
/// images use the same logarithmic colour scale, so that they can be compared.
struct SpectrumImages {
  Image before;
  Image after;
  /// The magnitudes at the ends of the colour scale. A zero is drawn as the smallest other
  /// magnitude of the same plane.
  Range magnitudes;
};
/// Draws the planes `before` and `after` of the spectrum in heat_colour(). Each image has one pixel
/// for each value. Throws ArgumentError if the planes do not have height·width values.
GFNET_API SpectrumImages spectrum_images(const LayerSpectrum& spectrum);

/// Draws filter_magnitude() of one channel in heat_colour(), one pixel for each value. The colour
/// scale is logarithmic and belongs to this channel only. Throws as filter_magnitude() does.
GFNET_API Image filter_frequency_image(const LayerFilter& filter, std::int64_t channel);
/// Draws spatial_kernel() of one channel in signed_colour(), one pixel for each value. Zero is
/// white; the largest magnitude is full blue or red. Throws as filter_magnitude() does.
GFNET_API Image filter_spatial_image(const LayerFilter& filter, std::int64_t channel);

/// An image with its explanations: one row of explain_sheet().
struct ExplainedImage {
  Image image;
  /// UTF-8. Letters outside ASCII are drawn if a usual font of the system has them, else as "?".
  std::string caption;
  ClassMap map;
  std::optional<LayerSpectrum> spectrum;
};

/// Draws one row for each image: first the image, with the part that the network did not see
/// dimmed; then the heat map over the image, with a colour scale; then, if there is a spectrum, its
/// planes `before` and `after` on one logarithmic scale.
/// Throws ArgumentError if there are no images, if an image has no pixels, or if the size of an
/// image's `rgb`, of a map's values or of a spectrum's planes does not match.
GFNET_API Image explain_sheet(std::span<const ExplainedImage> images,
                              const ModelDescription& model);

/// The numbers of the channels that filter_sheet() draws: `shown` numbers out of 0 … channels − 1
/// (at least one), evenly spaced, the first one 0. Throws ArgumentError if `channels` is below 1.
GFNET_API std::vector<std::int64_t> sheet_channels(std::int64_t channels, std::int64_t shown);

/// Size in pixels of what filter_sheet() draws of these layers, which need no kernels. Throws
/// ArgumentError if there are no layers, or if a layer has no channels.
GFNET_API ImageSize filter_sheet_size(std::span<const LayerFilter> layers, std::int64_t channels);

/// Draws learned filters as Rao et al. (2021) show them. On the left are the magnitudes in the
/// frequency domain (logarithmic, zero frequency in the middle), on the right the kernels in the
/// spatial domain. Each small square shows one channel and has its own colour scale. channels:
/// number of channels to draw for each layer, eight in a row.
/// Throws ArgumentError if there are no layers, or if the size of a layer's kernel does not match.
GFNET_API Image filter_sheet(std::span<const LayerFilter> layers, std::int64_t channels);

/// Reduces an image so that its longer side has `longest_side` pixels, for an overview of many
/// images. Each pixel is the mean of the pixels in its place. An image that is not larger stays as
/// it is. Throws ArgumentError if `longest_side` is 0, if the image has no pixels, or if the size
/// of its `rgb` does not match.
GFNET_API Image reduced(const Image& image, std::uint32_t longest_side);

/// An entry of a confusion matrix: how many images of one class were labelled as another or as the
/// same class.
struct ConfusionCell {
  /// Index of the true class and of the class that the images were labelled as.
  std::int64_t expected = 0;
  std::int64_t predicted = 0;
  std::uint64_t images = 0;
};

/// Draws a confusion matrix: a row for each true class, a column for each predicted class, and
/// beside it the most frequent confusions. Blue is right, red is wrong; the more of a row's images
/// lie in a cell, the stronger is its colour. Up to about 30 classes, the cells are large enough
/// for their numbers; up to about 160, for all labels. With more classes, every tenth label is
/// drawn, say. labels: one for each class, in UTF-8. Letters outside ASCII are drawn if a usual
/// font of the system has them; else as "?", and the number of the class stands before the label.
/// Entries that `cells` does not list are 0. Throws ArgumentError if there are no labels, or more
/// than 4096, or if a cell names a class without a label.
GFNET_API Image confusion_sheet(std::span<const ConfusionCell> cells,
                                std::span<const std::string> labels);

}  // namespace gfnet
