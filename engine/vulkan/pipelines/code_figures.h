#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <vector>

#include "vulkan/pipelines/pipeline.h"

namespace gfnet::vulkan {

/// One of the most important figures about compiled code, under a title that is the same for all
/// drivers. value: a number as text; empty if the driver does not report the figure.
struct CodeFigure {
  std::string title;
  std::string value;
  /// What the figure means, in words that are the same for all drivers. For a driver's own title,
  /// the driver's words.
  std::string meaning;

  friend bool operator==(const CodeFigure&, const CodeFigure&) = default;
};

/// The title of the figure about values that did not fit the registers.
inline constexpr const char* kSpilled = "spilled";

/// Selects the most important statistics that a driver reports about one compiled pipeline. Drivers
/// name them differently; names are compared without regard to case.
///
/// The result starts with one figure for each known title, always the same titles in the same
/// order. Any other statistic whose name contains "spill" or "scratch" is added at the end under
/// the driver's own name, so that spills stay visible if a driver renames a statistic.
///
/// A driver may report a statistic several times, for variants of the code or by two names. For
/// spills, registers and memory the largest value is used, for all other figures the first value.
/// Code sizes are in bytes, also for a driver that counts words of four bytes.
std::vector<CodeFigure> code_figures(std::span<const PipelineStatistic> statistics);

}  // namespace gfnet::vulkan
