#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "input.h"
#include "result_format.h"

namespace app {

/// The whole rows that a run has left in its output.
struct PriorRows {
  std::uint64_t rows = 0;
  std::uint64_t failures = 0;
  /// Of the head and those rows. What follows is part of a row.
  std::uint64_t bytes = 0;
  /// The last row that has labels, and which it is: labelled again, it must come out the same, or
  /// model or settings are others now. Empty if there is none.
  std::string sample;
  std::uint64_t sample_at = 0;
};

/// Throws UsageError if there is something of that name, but no file.
void check_can_be_resumed(const std::string& path);

/// Throws UsageError if the file is of another format, gfnet::FormatError if it cannot be read.
PriorRows read_prior_rows(const std::string& path, const RowFormat& format);

/// The inputs without those that have rows already, which must be the first ones and in the same
/// order; the sample's comes first once more. Throws UsageError where they are not. path: of the
/// rows; name: of the results, for that error. format must outlive the source.
InputSource skip_prior_rows(InputSource inputs, const std::string& path, const std::string& name,
                            const RowFormat& format, const PriorRows& prior);

/// A command line for a shell, with --resume.
std::string resume_command(const std::vector<std::string>& arguments);

}  // namespace app
