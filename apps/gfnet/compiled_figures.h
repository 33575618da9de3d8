#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// A column of the table of compiled pipelines, and a pipeline's value in it.
struct TitledFigure {
  std::string title;
  std::string value;

  friend bool operator==(const TitledFigure&, const TitledFigure&) = default;
};

/// The figures that matter most, under titles that are the same for all drivers, in a fixed order.
/// Names are compared without regard to case. After them comes every figure without a title whose
/// name contains "spill" or "scratch", under the driver's own name, so that spills stay visible if
/// a driver renames them. A driver may give a figure several times, for variants of the code or by
/// two names. The largest value counts for spills, registers and memory, the first one for all
/// others.
std::vector<TitledFigure> titled_figures(const std::vector<gfnet::CompiledFigure>& figures);

/// Position of a title's column in the fixed order. All titles that are a driver's own names have
/// the same position, the last one.
std::size_t place_of(std::string_view title);

}  // namespace app
