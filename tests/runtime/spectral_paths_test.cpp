// Every reference checkpoint on every spectral path, against PyTorch's logits in double.
#include <doctest/doctest.h>

#include "gfnet/npy.h"
#include "kernels/line_split.h"
#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "passes/passes.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/rounding.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using passes::SpectralForm;

namespace {

void check_path(ContextFixture& fixture, SpectralForm path) {
  CAPTURE(name_of(path));
  std::size_t lowered = 0;
  for (const char* reference_case : test::kReferenceCases) {
    const std::string name = reference_case;
    CAPTURE(name);
    const NpyArray input = read_npy(test::reference_file(name + ".input.npy"));
    const NpyArray expected = read_npy(test::reference_file(name + ".logits.npy"));
    const Model model = Model::load(test::reference_file(name + ".pth"));
    const Model::Contents& contents = model.contents();
    passes::Options options;
    options.spectral_form = [&](const graph::Extent& grid, std::int64_t) {
      if (path == SpectralForm::kFused && !kernels::fused_fits(grid, fixture.facts())) {
        return SpectralForm::kVkfft;
      }
      if (path == SpectralForm::kLines && !kernels::lines_fit(grid)) return SpectralForm::kVkfft;
      ++lowered;
      return path;
    };
    const graph::Graph graph =
        passes::optimize(model::build_graph(contents.checkpoint, contents.config, 1), options);
    const auto outputs = fixture.run(graph, input.shape[0], input.values);
    CHECK(test::relative_error(outputs.front(), test::widen(expected.values)) <=
          test::float_rounding(graph));
  }
  CHECK(lowered >= test::kReferenceCases.size());
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the spectral layer by VkFFT") {
  check_path(*this, SpectralForm::kVkfft);
}

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the spectral layer in one kernel") {
  check_path(*this, SpectralForm::kFused);
}

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the spectral layer by lines") {
  check_path(*this, SpectralForm::kLines);
}

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the kernels of a GPU") {
  use_gpu_kernels();
  check_path(*this, SpectralForm::kFused);
}
