#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "input.h"
#include "result_format.h"

namespace app {

/// The whole rows that an earlier run left in its output.
struct PriorRows {
  std::uint64_t rows = 0;
  std::uint64_t failures = 0;
  /// Size of the head and those rows. What follows is an incomplete row.
  std::uint64_t bytes = 0;
  /// The last row that has labels, and its index. Its input is labelled again: if the row differs
  /// now, the model or the settings have changed. Empty if there is none.
  std::string sample;
  std::uint64_t sample_at = 0;
};

/// Throws UsageError if the path exists and is not a regular file.
void check_can_be_resumed(const std::string& path);

/// Throws UsageError if the file is of another format, gfnet::FormatError if it cannot be read.
PriorRows read_prior_rows(const std::string& path, const RowFormat& format);

/// The inputs that have no rows yet; before them the sample's input, to be labelled again. The rows
/// must be those of the first inputs, in the same order; otherwise the returned source throws
/// UsageError. path: the file with the rows. name: what the error calls it. format must outlive the
/// source.
InputSource skip_prior_rows(InputSource inputs, const std::string& path, const std::string& name,
                            const RowFormat& format, const PriorRows& prior);

/// The command line, quoted for a shell, with --resume added.
std::string resume_command(const std::vector<std::string>& arguments);

}  // namespace app
