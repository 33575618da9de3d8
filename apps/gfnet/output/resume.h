#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "inputs/input.h"
#include "output/result_format.h"

namespace app {

/// The whole rows that an earlier run left in its output.
struct PriorRows {
  std::uint64_t rows = 0;
  std::uint64_t failures = 0;
  /// Size in bytes of the file's header and the whole rows together. In the file, an incomplete row
  /// may follow.
  std::uint64_t bytes = 0;
  /// `sample` is the text of the last row that has labels, `sample_at` the index of this row.
  /// `sample` is empty if no row has labels. The run labels the input of this row again: if the new
  /// row differs, the model or the settings have changed.
  std::string sample;
  std::uint64_t sample_at = 0;
};

/// Throws UsageError if the path exists and is not a regular file.
void check_can_be_resumed(const std::string& path);

/// Reads the rows of a file. Throws UsageError if the file has another format, gfnet::FormatError
/// if it cannot be read.
PriorRows read_prior_rows(const std::string& path, const RowFormat& format);

/// Returns those of `inputs` that have no rows yet. If prior.sample is not empty, the input of that
/// row comes first, so that the run labels this input again. The rows of the file must belong to
/// the first inputs, in the same order; otherwise the returned source throws UsageError. path: the
/// file with the rows. name: the name of the file in the error. format must outlive the returned
/// source.
///
/// are_moved: whether earlier runs have moved the inputs that they labelled. Then rows may also be
/// about files that are not there any more. Input::number of later inputs counts these files, too.
InputSource skip_prior_rows(InputSource inputs, const std::string& path, const std::string& name,
                            const RowFormat& format, const PriorRows& prior, bool are_moved);

/// The command line, quoted for a shell.
std::string shell_command(const std::vector<std::string>& arguments);

/// The command line, quoted for a shell, with --resume added.
std::string resume_command(const std::vector<std::string>& arguments);

}  // namespace app
