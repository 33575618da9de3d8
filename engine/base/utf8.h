#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "gfnet/text.h"

namespace gfnet {

/// Length in bytes of the UTF-8 sequence at the start of text; 0 if text does not start with a
/// valid sequence.
std::size_t utf8_sequence_length(std::string_view text);

/// Whether all of text is UTF-8.
bool is_utf8(std::string_view text);

/// printable(text), cut after about 160 bytes. For messages that quote text from a file.
std::string excerpt(std::string_view text);

}  // namespace gfnet
