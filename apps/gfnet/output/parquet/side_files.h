#pragma once

#include <string>

namespace app {

/// Files beside a Parquet file that a run makes and removes again. Nobody has named them on the
/// command line, so a file of somebody else must not be lost because it has such a name.

/// The file with the rows, in JSON lines, until the Parquet file is made from it.
std::string journal_of(const std::string& path);
/// Name of the file `path` while it is being written. Once the file is complete, it is renamed to
/// `path`.
std::string unfinished(const std::string& path);

/// Throws UsageError if `journal` exists and an earlier run cannot have left it: it is no regular
/// file, or it holds no rows of `gfnet classify`.
void check_left_journal(const std::string& journal);
/// Throws UsageError if `file` exists and an earlier run cannot have left it: it is no regular
/// file, or it does not begin as a Parquet file. A run that was killed can leave an empty file.
void check_left_parquet(const std::string& file);

}  // namespace app
