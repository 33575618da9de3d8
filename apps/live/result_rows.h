#pragma once

#include <cstdint>
#include <string>

#include "labelling.h"

namespace live {

/// A labelled picture as a JSON object. dropped: how many pictures were left out so far.
std::string json_row(const LabelledFrame& labelled, std::int64_t dropped);

/// The same for a person, without the pictures left out.
std::string text_row(const LabelledFrame& labelled);

}  // namespace live
