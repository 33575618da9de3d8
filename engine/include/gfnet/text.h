#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gfnet/export.h"

namespace gfnet {

/// Makes text safe to print in one terminal line: control characters and invalid UTF-8 bytes
/// become \xNN. File names, for example, may hold any bytes.
GFNET_API std::string printable(std::string_view text);

/// Number of terminal columns that UTF-8 text takes. Every character counts as one.
GFNET_API std::size_t display_width(std::string_view text);

/// The text with the letters A to Z in lower case. All other bytes stay.
GFNET_API std::string lower_case(std::string_view text);

}  // namespace gfnet
