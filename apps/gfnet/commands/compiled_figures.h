#pragma once

#include <gfnet/gfnet.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace app {

/// One cell of the table of compiled pipelines: the title of its column, and its value.
struct TitledFigure {
  std::string title;
  std::string value;

  friend bool operator==(const TitledFigure&, const TitledFigure&) = default;
};

/// Selects the most important figures and gives them titles, which are the same for all drivers.
/// The order is fixed. Names are compared without regard to case. A figure without such a title is
/// added at the end, under the driver's own name, if the name contains "spill" or "scratch". So
/// spills stay visible if a driver renames them. A driver may report a figure several times, for
/// variants of the code or by two names. For spills, registers and memory the largest value is
/// used, for all other figures the first.
std::vector<TitledFigure> titled_figures(const std::vector<gfnet::CompiledFigure>& figures);

/// Position of a title's column in the fixed order. All titles that are a driver's own names share
/// the last position.
std::size_t place_of(std::string_view title);

}  // namespace app
