#include "model/resolution.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <optional>

#include "gfnet/error.h"
#include "support/close.h"
#include "support/random.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;
using graph::Extent;
using model::Alignment;

namespace {

/// The source position of output sample i, by PyTorch's documentation of interpolate.
double position(std::int64_t i, std::int64_t from, std::int64_t to, Alignment alignment) {
  if (alignment == Alignment::kCorners) {
    return to == 1 ? 0 : static_cast<double>(i) * (from - 1) / (to - 1);
  }
  return std::clamp((i + 0.5) * from / to - 0.5, 0.0, static_cast<double>(from - 1));
}

/// Bilinear interpolation as a sum over the whole grid: each value is weighted by the hat function
/// max(0, 1 − |distance|) of its row and its column. values: [from.height, from.width, channels].
std::vector<double> by_hats(const std::vector<float>& values, const Extent& from, const Extent& to,
                            std::int64_t channels, Alignment alignment) {
  std::vector<double> result;
  for (std::int64_t i = 0; i < to.height; ++i) {
    for (std::int64_t j = 0; j < to.width; ++j) {
      const double y = position(i, from.height, to.height, alignment);
      const double x = position(j, from.width, to.width, alignment);
      for (std::int64_t c = 0; c < channels; ++c) {
        double sum = 0;
        for (std::int64_t h = 0; h < from.height; ++h) {
          for (std::int64_t w = 0; w < from.width; ++w) {
            const double weight =
                std::max(0.0, 1 - std::abs(y - h)) * std::max(0.0, 1 - std::abs(x - w));
            sum += weight * values[static_cast<std::size_t>((h * from.width + w) * channels + c)];
          }
        }
        result.push_back(sum);
      }
    }
  }
  return result;
}

const checkpoint::TensorView& tensor(const checkpoint::Checkpoint& checkpoint,
                                     const std::string& name) {
  return checkpoint.at(name);
}

}  // namespace

TEST_CASE("interpolation is a sum of hat functions for grids of any size") {
  Random random;
  CAPTURE(random.seed());
  struct Case {
    Extent from, to;
    std::int64_t channels;
  };
  for (const Case& c :
       {Case{{14, 8}, {24, 13}, 6}, Case{{14, 8}, {9, 5}, 4}, Case{{15, 8}, {7, 9}, 1},
        Case{{5, 7}, {5, 7}, 3}, Case{{1, 1}, {4, 3}, 2}, Case{{6, 4}, {1, 1}, 2},
        Case{{1, 6}, {1, 11}, 5}, Case{{3, 2}, {100, 51}, 1}}) {
    for (const Alignment alignment : {Alignment::kCorners, Alignment::kEdges}) {
      CAPTURE(c.to.height);
      CAPTURE(c.to.width);
      const auto values = random.normal(c.from.area() * c.channels);
      const auto actual = model::interpolate(values, c.from, c.to, c.channels, alignment);
      double largest = 0;
      for (float v : values) largest = std::max(largest, std::abs(static_cast<double>(v)));
      // Computed in double and rounded to float once.
      test::check_close(actual, by_hats(values, c.from, c.to, c.channels, alignment),
                        [&](std::size_t) { return 0x1p-24 * largest * (1 + 1e-6); });
    }
  }
}

TEST_CASE("interpolation to the same size is exact and keeps corners or edges in place") {
  Random random;
  CAPTURE(random.seed());
  const auto values = random.normal(15 * 8 * 3);
  for (const Alignment alignment : {Alignment::kCorners, Alignment::kEdges}) {
    CHECK(model::interpolate(values, {15, 8}, {15, 8}, 3, alignment) == values);
  }
  const std::vector<float> ramp{0, 1, 2, 3};
  CHECK(model::interpolate(ramp, {1, 4}, {1, 7}, 1, Alignment::kCorners) ==
        std::vector<float>{0, 0.5f, 1, 1.5f, 2, 2.5f, 3});
  CHECK(model::interpolate(ramp, {1, 4}, {1, 8}, 1, Alignment::kEdges) ==
        std::vector<float>{0, 0.25f, 0.75f, 1.25f, 1.75f, 2.25f, 2.75f, 3});
}

TEST_CASE("a pyramid at another resolution resizes its grids and shares all other tensors") {
  Random random;
  CAPTURE(random.seed());
  Architecture a;
  a.pyramid = true;
  a.grid_height = 8;
  a.grid_width = 12;
  a.stages = {{4, 8, 2, 32}, {2, 12, 1, 24}};
  const checkpoint::Checkpoint native = test::synthetic_checkpoint(a, random);
  const model::Config config = model::infer_config(native);
  CHECK(model::resolution_step(config) == Extent{8, 8});

  const checkpoint::Checkpoint resized = model::at_resolution(native, config, {40, 72});
  const model::Config at = model::infer_config(resized);
  CHECK(at.image == Extent{40, 72});
  CHECK(at.stages[0].grid == Extent{10, 18});
  CHECK(at.stages[1].grid == Extent{5, 9});
  for (const checkpoint::TensorView& view : native.tensors()) {
    CAPTURE(view.name);
    const bool follows = view.name == "pos_embed" || view.name.ends_with("complex_weight");
    CHECK((tensor(resized, view.name).bytes.data() == view.bytes.data()) == !follows);
  }
  const std::string filter = "blocks.0.1.filter.complex_weight";
  CHECK(tensor(resized, filter).to_f32() == model::interpolate(tensor(native, filter).to_f32(),
                                                               {8, 7}, {10, 10}, 16,
                                                               Alignment::kCorners));
  CHECK(tensor(resized, "pos_embed").to_f32() ==
        model::interpolate(tensor(native, "pos_embed").to_f32(), {8, 12}, {10, 18}, 8,
                           Alignment::kEdges));
}

TEST_CASE("a resized checkpoint outlives the original") {
  Random random;
  Architecture a;
  std::optional<checkpoint::Checkpoint> native = test::synthetic_checkpoint(a, random);
  const std::vector<float> head = tensor(*native, "head.weight").to_f32();
  const checkpoint::Checkpoint resized =
      model::at_resolution(*native, model::infer_config(*native), {12, 10});
  native.reset();
  CHECK(tensor(resized, "head.weight").to_f32() == head);
}

TEST_CASE("a size that patches and stages do not divide is refused with the required multiple") {
  Random random;
  Architecture a;
  a.stages = {{4, 8, 1, 16}, {2, 8, 1, 16}, {2, 8, 1, 16}};
  a.pyramid = true;
  const checkpoint::Checkpoint checkpoint = test::synthetic_checkpoint(a, random);
  const model::Config config = model::infer_config(checkpoint);
  for (const Extent& image : {Extent{24, 32}, Extent{32, 36}, Extent{0, 16}, Extent{16, -16}}) {
    CHECK_THROWS_WITH_AS(model::at_resolution(checkpoint, config, image),
                         doctest::Contains("multiples of 16"), ArgumentError);
  }
}

TEST_CASE("a size with a tensor too large for any device is refused before anything is computed") {
  Random random;
  Architecture a;
  a.stages = {{4, 8, 1, 16}};
  const checkpoint::Checkpoint checkpoint = test::synthetic_checkpoint(a, random);
  const model::Config config = model::infer_config(checkpoint);
  // 2^17 × (2^16 + 1) frequencies of 8 channels, 8 bytes each, are slightly more than 512 GiB.
  CHECK_THROWS_WITH_AS(model::at_resolution(checkpoint, config, {1 << 19, 1 << 19}),
                       doctest::Contains("would have 512 GiB"), ArgumentError);
  // 2^30 × (2^29 + 1) frequencies: more bytes than 64 bits count.
  constexpr std::int64_t kSide = std::int64_t{1} << 32;
  CHECK_THROWS_WITH_AS(model::at_resolution(checkpoint, config, {kSide, kSide}),
                       doctest::Contains("would have 34359738432 GiB"), ArgumentError);
  // More tokens than 64 bits count.
  for (const Extent& image :
       {Extent{std::int64_t{1} << 62, std::int64_t{1} << 62}, Extent{std::int64_t{1} << 62, 16}}) {
    CHECK_THROWS_AS(model::at_resolution(checkpoint, config, image), ArgumentError);
  }
}
