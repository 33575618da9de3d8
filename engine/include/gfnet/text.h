#pragma once

#include <string>
#include <string_view>

namespace gfnet {

/// text as it may stand in one line on a terminal: control characters and bytes that are no UTF-8
/// become \xNN. A file's name may hold anything.
std::string printable(std::string_view text);

}  // namespace gfnet
