// Every reference checkpoint in every form of the spectral layer, against PyTorch's logits in
// double.
#include <doctest/doctest.h>

#include "gfnet/npy.h"
#include "kernels/line_split.h"
#include "kernels/spectral_kernels.h"
#include "model/build_graph.h"
#include "model/model_contents.h"
#include "passes/passes.h"
#include "support/close.h"
#include "support/context_fixture.h"
#include "support/expanded.h"
#include "support/random.h"
#include "support/reference_files.h"
#include "support/rounding.h"

using namespace gfnet;
using gfnet::test::ContextFixture;
using graph::SpectralForm;

namespace {

void check_form(ContextFixture& fixture, SpectralForm form) {
  CAPTURE(name_of(form));
  std::size_t layers = 0;
  for (const char* reference_case : test::kReferenceCases) {
    const std::string name = reference_case;
    CAPTURE(name);
    const NpyArray input = read_npy(test::reference_file(name + ".input.npy"));
    const NpyArray expected = read_npy(test::reference_file(name + ".logits.npy"));
    const Model model = Model::load(test::reference_file(name + ".pth"));
    const model::Contents& contents = model::contents_of(model);
    const auto form_of = [&](const kernels::SpectralLayer& layer) {
      if (form == SpectralForm::kFused && !kernels::fused_fits(layer.grid, fixture.facts())) {
        return SpectralForm::kVkfft;
      }
      if (form == SpectralForm::kLines && !kernels::lines_fit(layer.grid)) {
        return SpectralForm::kVkfft;
      }
      ++layers;
      return form;
    };
    const graph::Graph graph =
        test::expanded(model::build_graph(contents.checkpoint, contents.config, 1),
                       {form_of, DType::kF32, fixture.facts()});
    const auto outputs = fixture.run(graph, input.shape[0], input.values);
    CHECK(test::relative_error(outputs.front(), test::widen(expected.values)) <=
          selfcheck::network_bound(graph));
  }
  CHECK(layers >= test::kReferenceCases.size());
}

}  // namespace

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the spectral layer by VkFFT") {
  check_form(*this, SpectralForm::kVkfft);
}

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the spectral layer in one kernel") {
  check_form(*this, SpectralForm::kFused);
}

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the spectral layer by lines") {
  check_form(*this, SpectralForm::kLines);
}

TEST_CASE_FIXTURE(ContextFixture, "every checkpoint with the kernels of a GPU") {
  use_gpu_kernels();
  check_form(*this, SpectralForm::kFused);
}
