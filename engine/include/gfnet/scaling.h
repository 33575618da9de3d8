#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "gfnet/benchmark.h"
#include "gfnet/classifier.h"
#include "gfnet/device.h"

namespace gfnet {

/// The spectral layer of a block on a square grid of tokens: both layer normalisations, and between
/// them rfft2, the filter and irfft2; from tokens to tokens.
struct SpectralScaling {
  /// Tokens a side.
  std::int64_t grid = 0;
  /// What does its first transform: "spectral_filter…", "vkfft_rfft2".
  std::string kernel;
  std::int64_t runs = 0;
  /// Median over the runs, on the device's clock, for the whole batch.
  double seconds = 0;
  double seconds_per_token = 0;
  /// Median over the runs of its time per token over that of the first grid in the same round.
  double growth = 1;
};

/// A whole block, x + MLP(LN(filter(LN(x)))), the hidden layer four times as wide.
struct BlockScaling {
  std::int64_t runs = 0;
  /// As for the spectral layer.
  double seconds = 0;
  /// The most of the device's own memory that it took, weights, activations and VkFFT's buffers.
  std::uint64_t peak_bytes = 0;
};

/// How the cost of a block grows with the resolution (Rao et al. 2021, figure 4): 384 channels,
/// random weights, random tokens as input. One thread at a time may use it.
class ScalingBenchmark {
 public:
  static constexpr std::int64_t kChannels = 384;

  /// Chooses the device. image_size and top_k do not matter. Throws as Classifier does, and
  /// UnsupportedError if the device takes no timestamps.
  explicit ScalingBenchmark(const ClassifierOptions& options = {});
  ~ScalingBenchmark();
  ScalingBenchmark(ScalingBenchmark&&) noexcept;
  ScalingBenchmark& operator=(ScalingBenchmark&&) noexcept;

  DeviceDescription device() const;

  /// Every grid (tokens a side), one after the other in every round, so that a drift of the machine
  /// touches all alike. Throws TooLargeError if one is beyond the device, other UnsupportedErrors
  /// if it is not for its size.
  std::vector<SpectralScaling> spectral(const std::vector<std::int64_t>& grids, std::int64_t batch,
                                        const MeasurementBudget& budget);

  /// Throws as spectral() does.
  BlockScaling block(std::int64_t grid, std::int64_t batch, const MeasurementBudget& budget);

  /// See Classifier.
  std::vector<std::string> validation_messages() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace gfnet
