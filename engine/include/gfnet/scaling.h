#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gfnet/benchmark.h"
#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/export.h"

namespace gfnet {

/// Cost of a block's spectral layer on a square grid of tokens: layer normalisation, rfft2, filter,
/// irfft2, layer normalisation. Input and output have token layout, [grid², channels].
struct SpectralScaling {
  /// Tokens along each side of the grid.
  std::int64_t grid = 0;
  /// The kernel that does the first transform of the layer: "spectral_filter…" (fused),
  /// "spectral_line…" (by lines) or "vkfft_rfft2". The name tells which algorithm the layer uses.
  std::string kernel;
  std::int64_t runs = 0;
  /// Median time over the runs for the whole batch, in seconds, measured by the device.
  double seconds = 0;
  double seconds_per_token = 0;
  /// The cost of a token compared with the first grid: the time per token, divided by the time per
  /// token of the first grid in the same round. Median over the rounds.
  double growth = 1;
};

/// Cost of a whole block, x + MLP(LN(filter(LN(x)))). The MLP's hidden layer has four times the
/// channels of a token.
struct BlockScaling {
  std::int64_t runs = 0;
  /// Median time over the runs for the whole batch, in seconds, measured by the device.
  double seconds = 0;
  /// Peak of device-local memory: weights, activations and VkFFT's buffers.
  std::uint64_t peak_bytes = 0;
};

/// Measures how the cost of a block grows with the resolution (Rao et al. 2021, figure 4). The
/// block has 384 channels, random weights and random input. One thread at a time may use a
/// ScalingBenchmark.
class GFNET_API ScalingBenchmark {
 public:
  static constexpr std::int64_t kChannels = 384;

  /// Chooses the device. image_size and top_k have no effect on the measurements. Throws as the
  /// constructor of Classifier does. Throws UnsupportedError if the device has no timestamps.
  explicit ScalingBenchmark(const ClassifierOptions& options = {});
  ~ScalingBenchmark();
  ScalingBenchmark(ScalingBenchmark&&) noexcept;
  ScalingBenchmark& operator=(ScalingBenchmark&&) noexcept;

  DeviceDescription device() const;

  /// Measures the spectral layer on each grid. grids: tokens along each side of the square grids. A
  /// round runs all grids in turn, so that a change of the machine's speed affects all grids alike.
  /// Throws ArgumentError if a grid or the batch is below 1, TooLargeError if a grid is too large
  /// for the device, or another UnsupportedError if the device lacks a feature.
  std::vector<SpectralScaling> spectral(const std::vector<std::int64_t>& grids, std::int64_t batch,
                                        const MeasurementBudget& budget);

  /// Measures a whole block on one grid. Throws as spectral() does.
  BlockScaling block(std::int64_t grid, std::int64_t batch, const MeasurementBudget& budget);

  /// Messages of the validation layer so far. See Classifier::validation_messages().
  std::vector<std::string> validation_messages() const;

 private:
  struct GFNET_HIDDEN State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
