// The scalar reference runs each checkpoint's graph in double precision and must match the logits
// that PyTorch computed in double. Only the rounding of the logits in their file may differ.
#include <doctest/doctest.h>

#include "gfnet/npy.h"
#include "model/build_graph.h"
#include "model/network_reader.h"
#include "reference/interpreter.h"
#include "support/close.h"
#include "support/random.h"
#include "support/reference_files.h"

using namespace gfnet;

TEST_CASE("the graphs of the reference checkpoints compute the reference logits") {
  for (const std::string name : test::kReferenceCases) {
    CAPTURE(name);
    const auto checkpoint =
        model::read_network(checkpoint::open_checkpoint(test::reference_file(name + ".pth")), "")
            .checkpoint;
    const model::Config config = model::infer_config(checkpoint);
    const graph::Graph graph = model::build_graph(checkpoint, config, 1);
    const NpyArray input = read_npy(test::reference_file(name + ".input.npy"));
    const NpyArray logits = read_npy(test::reference_file(name + ".logits.npy"));
    // One image is enough here: the device tests run all of them.
    const std::size_t elements = input.values.size() / static_cast<std::size_t>(input.shape[0]);
    const std::vector<float> image(input.values.begin(),
                                   input.values.begin() + static_cast<std::ptrdiff_t>(elements));
    const auto outputs = reference::interpret(graph, test::widen(image));
    const std::vector<float> expected(logits.values.begin(),
                                      logits.values.begin() + logits.shape[1]);
    CHECK(test::relative_error(expected, outputs.front()) <= 1e-7);
  }
}
