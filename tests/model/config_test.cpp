#include "model/config.h"

#include <doctest/doctest.h>

#include "gfnet/error.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using gfnet::test::Architecture;
using gfnet::test::Random;
using gfnet::test::Tensors;

namespace {

std::string failure(Tensors tensors) {
  try {
    model::infer_config(test::make_checkpoint(std::move(tensors)));
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("a flat model's configuration is read off its tensors") {
  Random random;
  for (const std::int64_t width : {14, 15}) {  // both have 8 spectrum columns; pos_embed decides
    Architecture a;
    a.grid_height = 15;
    a.grid_width = width;
    a.input_channels = 1;
    a.classes = 1;
    a.stages = {{16, 12, 3, 30}};
    const model::Config config = model::infer_config(test::synthetic_checkpoint(a, random));
    CHECK_FALSE(config.pyramid);
    CHECK_FALSE(config.layer_scale);
    CHECK(config.input_channels == 1);
    CHECK(config.classes == 1);
    CHECK(config.image == graph::Extent{15 * 16, width * 16});
    REQUIRE(config.stages.size() == 1);
    CHECK(config.stages[0].grid == graph::Extent{15, width});
    CHECK(config.stages[0].depth == 3);
    CHECK(config.stages[0].mlp_widths == std::vector<std::int64_t>{30, 30, 30});
  }
}

TEST_CASE("a pyramid's configuration is read off its tensors") {
  Random random;
  Architecture a;
  a.pyramid = true;
  a.layer_scale = true;
  a.grid_height = 14;
  a.grid_width = 12;
  a.stages = {{4, 8, 1, 32}, {2, 12, 2, 24}, {2, 20, 1, 20}};
  const model::Config config = model::infer_config(test::synthetic_checkpoint(a, random));
  CHECK(config.pyramid);
  CHECK(config.layer_scale);
  REQUIRE(config.stages.size() == 3);
  CHECK(config.stages[1].grid == graph::Extent{7, 6});
  // An odd grid loses its last row.
  CHECK(config.stages[2].grid == graph::Extent{3, 3});
  CHECK(config.depth() == 4);
}

TEST_CASE("a checkpoint that is not a GFNet is refused with the tensor's name") {
  Random random;
  const Tensors good = test::synthetic_tensors({}, random);
  CHECK(failure(good).empty());

  SUBCASE("no GFNet tensor at all") {
    CHECK(failure({{"conv1.weight", {{1}, {0.0f}}}}).find("holds no GFNet") != std::string::npos);
  }
  SUBCASE("every missing tensor is named") {
    for (const auto& [name, tensor] : good) {
      Tensors damaged = good;
      damaged.erase(name);
      CAPTURE(name);
      const std::string message = failure(damaged);
      CHECK(message.find("synthetic: ") == 0);
      if (name != "patch_embed.proj.weight") CHECK(message.find(name) != std::string::npos);
    }
  }
  SUBCASE("every wrong shape is named") {
    for (const auto& [name, tensor] : good) {
      for (std::size_t axis = 0; axis < tensor.shape.rank(); ++axis) {
        Tensors damaged = good;
        std::vector<std::int64_t> dims = tensor.shape.dims();
        ++dims[axis];
        damaged[name].shape = Shape(dims);
        damaged[name].values.resize(static_cast<std::size_t>(Shape(dims).elements()));
        // The architecture is read from the tensors, so a wrong size describes another network, in
        // which a different tensor may be the wrong one. Only patch_embed's input channels and
        // patch size are free.
        CAPTURE(name);
        CAPTURE(axis);
        const bool free_axis = name == "patch_embed.proj.weight" && axis > 0;
        CHECK(failure(damaged).empty() == free_axis);
      }
    }
  }
  SUBCASE("an unknown tensor") {
    Tensors extra = good;
    extra["head_dist.weight"] = {{1}, {0.0f}};
    CHECK(failure(extra).find("'head_dist.weight': does not belong to a GFNet") !=
          std::string::npos);
  }
  SUBCASE("a stage without blocks") {
    Tensors none = good;
    std::erase_if(none, [](const auto& entry) { return entry.first.starts_with("blocks."); });
    CHECK(failure(none).find("blocks.0.") != std::string::npos);
  }
}

TEST_CASE("the published architectures have the published parameters and MACs") {
  struct Published {
    const char* name;
    std::vector<std::int64_t> channels;
    std::vector<std::int64_t> depths;
    double parameters_m;
    double gmacs;
  };
  // Rao et al. 2021, table 1 and table 2, as rounded there.
  for (const Published& p :
       {Published{"gfnet-ti", {256}, {12}, 7, 1.3}, Published{"gfnet-xs", {384}, {12}, 16, 2.8},
        Published{"gfnet-h-ti", {64, 128, 256, 512}, {3, 3, 10, 3}, 15, 2.0}}) {
    CAPTURE(p.name);
    Architecture a;
    a.pyramid = p.channels.size() > 1;
    a.grid_height = a.grid_width = a.pyramid ? 56 : 14;
    a.classes = 1000;
    a.stages.clear();
    for (std::size_t s = 0; s < p.channels.size(); ++s) {
      a.stages.push_back({s > 0       ? 2
                          : a.pyramid ? 4
                                      : 16,
                          p.channels[s], p.depths[s], 4 * p.channels[s]});
    }
    Random random;
    const checkpoint::Checkpoint checkpoint = test::synthetic_checkpoint(a, random);
    const model::Config config = model::infer_config(checkpoint);
    CHECK(config.image == graph::Extent{224, 224});
    CHECK(model::count_parameters(checkpoint) / 1e6 ==
          doctest::Approx(p.parameters_m).epsilon(0.1));
    CHECK(model::count_macs(config) / 1e9 == doctest::Approx(p.gmacs).epsilon(0.05));
  }
}
