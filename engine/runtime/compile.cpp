#include "runtime/compile.h"

#include "gfnet/error.h"
#include "model/build_graph.h"
#include "passes/passes.h"
#include "runtime/model_contents.h"

namespace gfnet::runtime {

void check_options(const ClassifierOptions& options) {
  if (options.top_k < 1) throw Error("top_k must be at least 1");
  if (options.precision == Precision::kFp16) {
    throw UnsupportedError("half precision: this version computes in fp32 only");
  }
}

Planner compile(const Model& model, const ClassifierOptions& options,
                const plan::DeviceFacts& device) {
  const Model::Contents& contents = model.contents();
  return {passes::fold(model::build_graph(contents.checkpoint, contents.config, options.top_k)),
          device};
}

}  // namespace gfnet::runtime
