#pragma once

#include <cstdint>
#include <string>

#include "labelling/labelling.h"

namespace live {

/// A labelled frame as a JSON object. dropped: number of frames dropped so far.
std::string json_row(const LabelledFrame& labelled, std::int64_t dropped);

/// A labelled frame as a line of text for the terminal.
std::string text_row(const LabelledFrame& labelled);

}  // namespace live
