#pragma once

#include <string>

namespace app {

/// The text as a field of a CSV file (RFC 4180). A text with commas, quotes or line breaks is put
/// in quotes.
std::string csv_field(const std::string& text);

}  // namespace app
