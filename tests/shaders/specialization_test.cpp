// What the structs in kernels/shaders/ state about the shaders, compared with the SPIR-V of all
// embedded shaders. Needs no device.
#include "base/specialization.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "gfnet/error.h"
#include "kernels/shaders/ceiling.h"
#include "kernels/shaders/class_map.h"
#include "kernels/shaders/filter_multiply.h"
#include "kernels/shaders/layer_norm.h"
#include "kernels/shaders/linear.h"
#include "kernels/shaders/linear_broadcast.h"
#include "kernels/shaders/linear_matrix.h"
#include "kernels/shaders/linear_tiled.h"
#include "kernels/shaders/patches.h"
#include "kernels/shaders/resize.h"
#include "kernels/shaders/softmax_top_k.h"
#include "kernels/shaders/spectral_filter.h"
#include "kernels/shaders/spectral_lines.h"
#include "kernels/shaders/spectrum_magnitude.h"
#include "kernels/shaders/token_mean.h"
#include "kernels/shaders/token_statistics.h"
#include "vulkan/pipelines/specialization_check.h"

using namespace gfnet;

namespace {

/// A shader and its variants with typical constants. stem: the beginning of their names.
struct Sample {
  std::string_view stem;
  Specialization specialization;
};

template <typename Constants>
Sample sample(std::string_view stem, const Constants& constants) {
  return {stem, kernels::specialize(constants)};
}

/// Several samples where the shared memory depends on the constants in more than one way. The
/// numbers differ, so that no constant can stand for another.
std::vector<Sample> samples() {
  using namespace kernels;
  // Tiles larger than the staging area, and the other way round.
  LinearMatrixConstants matrix{32, 6, 16, 8, 24, 5, 3, 2, 7, 2, false};
  LinearMatrixConstants transposed = matrix;
  transposed.transposed = true;
  const LinearMatrixConstants staging{32, 8, 64, 64, 8, 1, 4, 8, 1, 1, false};
  const LinearTiledConstants tiled{16, 8, 7, 3, 4, 2};
  const LinearTiledConstants narrow{5, 3, 2, 1, 6, 1};
  SpectralFilterConstants odd{6, 5, 7, 9, 7, 3};
  SpectralFilterConstants in_registers = odd;
  in_registers.is_private = true;
  return {
      sample("ceiling_copy", CeilingCopyConstants{96}),
      sample("ceiling_fma", CeilingFmaConstants{96, 5, false}),
      sample("ceiling_matrix", CeilingMatrixConstants{32, 4, 16, 8, 24, 5}),
      sample("class_map", ClassMapConstants{24}),
      sample("copy_rows", CopyRowsConstants{}),
      sample("filter_multiply", FilterMultiplyConstants{24, 3}),
      sample("layer_norm", LayerNormConstants{6, 9, true, false}),
      sample("layer_norm_lanes", LayerNormLanesConstants{24}),
      sample("linear", LinearConstants{24, 3, 5, true, false, true, 8}),
      sample("linear_broadcast", LinearBroadcastConstants{8, 20, false, true, false, true, false}),
      sample("linear_matrix", matrix),
      sample("linear_matrix", transposed),
      sample("linear_matrix", staging),
      sample("linear_packed", LinearPackedConstants{tiled, 2}),
      sample("linear_packed", LinearPackedConstants{narrow, 3}),
      sample("linear_tiled", tiled),
      sample("linear_tiled", narrow),
      sample("patches", PatchesConstants{24, 3}),
      sample("resize_horizontal", ResizeHorizontalConstants{}),
      sample("resize_horizontal_texels", ResizeHorizontalTexelsConstants{8}),
      sample("resize_vertical", ResizeVerticalConstants{}),
      sample("softmax_top_k", SoftmaxTopKConstants{}),
      sample("spectral_bins", SpectralBinsConstants{24, 14, 7, 6, 3}),
      sample("spectral_filter", odd),
      sample("spectral_filter", SpectralFilterConstants{16, 4, 14, 14, 2, 7}),
      sample("spectral_filter_private", in_registers),
      sample("spectral_line", SpectralLineConstants{24, 14, 7, true, false, true, false, true, 0}),
      sample("spectral_line_lanes",
             SpectralLineConstants{8, 14, 7, true, false, true, false, true, 8}),
      sample("spectrum_magnitude", SpectrumMagnitudeConstants{24}),
      sample("token_mean", TokenMeanConstants{24}),
      sample("token_statistics", TokenStatisticsConstants{6, 9}),
  };
}

/// The samples of a shader: those with the longest stem that begins its name.
std::vector<Sample> samples_of(std::string_view shader) {
  std::vector<Sample> found;
  for (const Sample& sample : samples()) {
    if (shader != sample.stem && !shader.starts_with(std::string(sample.stem) + "_")) continue;
    if (!found.empty() && found.front().stem.size() > sample.stem.size()) continue;
    if (!found.empty() && found.front().stem != sample.stem) found.clear();
    found.push_back(sample);
  }
  return found;
}

/// The message with which a specialisation is refused; "" if it is not.
std::string refusal(const vulkan::ShaderBinary& shader, const Specialization& specialization) {
  try {
    check_specialization(shader, reflect(shader), specialization);
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

std::string in_quotes(std::string_view name) { return "'" + std::string(name) + "'"; }

}  // namespace

TEST_CASE("every embedded shader agrees with its struct of constants") {
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    CAPTURE(shader.name);
    const std::vector<Sample> all = samples_of(shader.name);
    CHECK(!all.empty());
    for (const Sample& sample : all) CHECK(refusal(shader, sample.specialization) == "");
  }
}

TEST_CASE("every embedded shader keeps the names of its constants") {
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    CAPTURE(shader.name);
    for (const auto& constant : reflect(shader).constants) CHECK(!constant.name.empty());
  }
}

TEST_CASE("every struct of constants has an embedded shader") {
  for (const Sample& sample : samples()) {
    CAPTURE(sample.stem);
    // The build leaves these out if the shader compiler does not know the extension.
    if (contains(std::string(sample.stem), "_matrix")) continue;
    CHECK(std::ranges::any_of(vulkan::embedded_shaders(), [&](const vulkan::ShaderBinary& shader) {
      const std::vector<Sample> found = samples_of(shader.name);
      return !found.empty() && found.front().stem == sample.stem;
    }));
  }
}

TEST_CASE("constants in a wrong order are refused") {
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    for (const Sample& sample : samples_of(shader.name)) {
      for (std::size_t i = 1; i < sample.specialization.constants.size(); ++i) {
        Specialization wrong = sample.specialization;
        std::swap(wrong.constants[i - 1], wrong.constants[i]);
        const std::string message = refusal(shader, wrong);
        CAPTURE(message);
        CHECK(contains(message, in_quotes(shader.name)));
        CHECK(contains(message, in_quotes(wrong.constants[i - 1].name) + " in C++"));
        CHECK(contains(message, in_quotes(wrong.constants[i].name) + " (constant_id "));
      }
    }
  }
}

TEST_CASE("a missing constant and an added one are refused") {
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    for (const Sample& sample : samples_of(shader.name)) {
      Specialization more = sample.specialization;
      more.constants.push_back({"kAdded"});
      CHECK(contains(refusal(shader, more), in_quotes(shader.name)));
      CHECK(contains(refusal(shader, more), "'kAdded' is not in the shader"));
      if (sample.specialization.constants.empty()) continue;
      Specialization less = sample.specialization;
      const std::string last(less.constants.back().name);
      less.constants.pop_back();
      CHECK(contains(refusal(shader, less), in_quotes(last) + " (constant_id "));
      CHECK(contains(refusal(shader, less), "is missing"));
    }
  }
}

TEST_CASE("a constant of another type is refused") {
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    for (const Sample& sample : samples_of(shader.name)) {
      for (std::size_t i = 0; i < sample.specialization.constants.size(); ++i) {
        Specialization wrong = sample.specialization;
        SpecializationConstant& constant = wrong.constants[i];
        const bool was_bool = constant.type == SpecializationConstant::Type::kBool;
        constant.type =
            was_bool ? SpecializationConstant::Type::kUint : SpecializationConstant::Type::kBool;
        const std::string message = refusal(shader, wrong);
        CAPTURE(message);
        CHECK(contains(message, in_quotes(shader.name)));
        CHECK(contains(message, in_quotes(constant.name)));
        CHECK(contains(message, was_bool ? "a bool in the shader" : "a uint in the shader"));
      }
    }
  }
}

TEST_CASE("a wrong workgroup, wrong shared memory and wrong push constants are refused") {
  for (const vulkan::ShaderBinary& shader : vulkan::embedded_shaders()) {
    for (const Sample& sample : samples_of(shader.name)) {
      for (std::size_t axis = 0; axis < 3; ++axis) {
        Specialization wrong = sample.specialization;
        ++wrong.workgroup[axis];
        CHECK(contains(refusal(shader, wrong), in_quotes(shader.name) + " has workgroups of "));
      }
      Specialization shared = sample.specialization;
      shared.shared_bytes += 4;
      CHECK(contains(refusal(shader, shared), in_quotes(shader.name) + " uses "));
      CHECK(contains(refusal(shader, shared), "bytes of shared memory"));
      Specialization push = sample.specialization;
      push.push_constant_bytes += 4;
      CHECK(contains(refusal(shader, push), in_quotes(shader.name)));
      CHECK(contains(refusal(shader, push), "bytes of push constants"));
    }
  }
}

TEST_CASE("a value that changes the workgroup or the shared memory is refused alone") {
  kernels::LayerNormConstants constants{6, 9, true, false};
  Specialization wrong = kernels::specialize(constants);
  wrong.constants[0].value += 1;  // local_size_x
  CHECK(contains(refusal(vulkan::find_shader("layer_norm"), wrong), "workgroups of 55×1×1"));
  wrong = kernels::specialize(constants);
  wrong.constants[1].value += 1;  // kTokens
  CHECK(contains(refusal(vulkan::find_shader("layer_norm"), wrong), "uses 252 bytes"));
}

TEST_CASE("a shader with subgroup operations must ask for a subgroup width") {
  Specialization broadcast = kernels::specialize(kernels::LinearBroadcastConstants{8, 20});
  const vulkan::ShaderBinary& shader = vulkan::find_shader("linear_broadcast");
  CHECK(broadcast.subgroup_width == 8);
  CHECK(refusal(shader, broadcast) == "");
  broadcast.subgroup_width = 0;
  CHECK(contains(refusal(shader, broadcast), "does not ask for a subgroup width"));
  broadcast.subgroup_width = 16;
  CHECK(contains(refusal(shader, broadcast), "not made of whole subgroups of 16"));
}
