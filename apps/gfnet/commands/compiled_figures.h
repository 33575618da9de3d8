#pragma once

#include <gfnet/compiled.h>
#include <gfnet/gfnet.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// One cell of the table of compiled pipelines: the title of the cell's column, and the value of
/// the cell.
struct TitledFigure {
  std::string title;
  std::string value;

  friend bool operator==(const TitledFigure&, const TitledFigure&) = default;
};

/// Selects the most important statistics ("figures") that a driver reports about one compiled
/// pipeline. Gives the figures titles, which are the same for all drivers, and a fixed order. Names
/// are compared without regard to case.
///
/// A figure without a title is left out, unless its name contains "spill" or "scratch". In this
/// case the figure is added at the end under the driver's own name, so that spills stay visible if
/// a driver renames a figure.
///
/// A driver may report a figure several times, for variants of the code or by two names. For
/// spills, registers and memory the largest value is used, for all other figures the first value.
std::vector<TitledFigure> titled_figures(const std::vector<gfnet::CompiledFigure>& figures);

/// Position of the column with this title in the table. All titles that are a driver's own names
/// share the last position.
std::size_t place_of(std::string_view title);

}  // namespace app
