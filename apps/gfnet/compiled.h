#pragma once

#include <gfnet/gfnet.h>

#include <string>
#include <vector>

namespace app {

/// A line a pipeline, with those of the driver's figures that matter most, in one vocabulary for all
/// drivers; and a line a pipeline that the device cannot have.
std::string compiled_table(const std::vector<gfnet::CompiledPipeline>& pipelines);
/// All that the driver says, in its own words: a JSON document.
std::string compiled_json(const std::vector<gfnet::CompiledPipeline>& pipelines);

}  // namespace app
