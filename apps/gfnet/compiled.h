#pragma once

#include <gfnet/gfnet.h>

#include <string>
#include <vector>

namespace app {

/// One row per pipeline with the driver's most important statistics, under the same titles for all
/// drivers. Then one line per pipeline that the device cannot build, with the reason.
std::string compiled_table(const std::vector<gfnet::CompiledPipeline>& pipelines);
/// JSON document with all statistics, under the driver's own names.
std::string compiled_json(const std::vector<gfnet::CompiledPipeline>& pipelines);

}  // namespace app
