#pragma once

#include <gfnet/compiled.h>
#include <gfnet/gfnet.h>

#include <string>
#include <vector>

namespace app {

/// Table with one row per pipeline that the device can build. The columns name the pipeline and
/// show the driver's most important statistics, under the same titles for all drivers. Below the
/// table, each pipeline that the device cannot build has one line with the reason.
std::string compiled_table(const std::vector<gfnet::CompiledPipeline>& pipelines);
/// Returns a JSON document with all statistics that the driver reports about each pipeline, under
/// the driver's own names.
std::string compiled_json(const std::vector<gfnet::CompiledPipeline>& pipelines);

}  // namespace app
