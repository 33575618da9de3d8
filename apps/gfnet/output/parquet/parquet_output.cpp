#include "output/parquet/parquet_output.h"

#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <stdexcept>

#include "command_line/usage_error.h"
#include "output/parquet/parquet_file.h"
#include "output/parquet/side_files.h"
#include "system/file_sync.h"
#include "system/paths.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;

/// Waits until all of the file is on the disk. Throws std::runtime_error if that fails.
void sync(const std::string& path) {
  if (const int error = gfnet::system::sync_file(path_of(path))) {
    throw std::runtime_error(std::strerror(error));
  }
}

/// The path with links resolved: renaming must replace the target of a link, not the link.
std::string resolved(const std::string& path) {
  std::error_code error;
  const fs::path real = fs::canonical(path_of(path), error);
  return error ? path : text_of(real);
}

void remove(const std::string& path) {
  std::error_code ignored;
  fs::remove(path_of(path), ignored);
}

}  // namespace

void ParquetOutput::check_usage(const std::string& path) {
  std::error_code ignored;
  if (path.empty()) throw UsageError("classify: --format parquet needs an --output file");
  if (fs::exists(path_of(path), ignored) && !fs::is_regular_file(path_of(path), ignored)) {
    throw UsageError(fmt::format(
        "classify: --format parquet needs an --output file; '{}' is not a regular file", path));
  }
  parquet_module();
}

std::vector<std::string> ParquetOutput::files(const std::string& path) {
  const std::string journal = journal_of(path);
  return {journal, unfinished(journal), path, unfinished(resolved(path))};
}

void ParquetOutput::check_side_files(const std::string& path) {
  check_left_journal(journal_of(path));
  check_left_journal(unfinished(journal_of(path)));
  check_left_parquet(unfinished(resolved(path)));
}

std::unique_ptr<RowFormat> ParquetOutput::row_format() {
  return make_json_lines_format(/*with_synsets=*/false);  // the file has no columns for synsets
}

std::string ParquetOutput::journal_path() const { return journal_of(path_); }

ParquetOutput::ParquetOutput(const std::string& path, std::int64_t top_k, bool resume)
    : path_(path), top_k_(top_k), journal_(std::make_unique<OutputFile>(journal_path())) {
  try {
    std::error_code ignored;
    if (resume && journal_->bytes() == 0 && fs::exists(path_of(path_), ignored)) restore_journal();
  } catch (...) {
    remove(journal_path());  // which is empty
    throw;
  }
}

ParquetOutput::~ParquetOutput() {
  if (journal_->bytes() == settled_.value_or(0)) remove(journal_path());
}

void ParquetOutput::restore_journal() {
  const std::string target = unfinished(journal_path());
  try {
    const auto file = parquet_module().open(path_, top_k_);
    if (file == nullptr) {
      throw UsageError(
          fmt::format("--resume: '{}' was not written with this --format and --top", path_));
    }
    auto restored = std::make_unique<OutputFile>(target);
    restored->cut(0);
    const auto format = row_format();
    Progress progress(Progress::Unit::kRows);
    for (std::uint64_t i = 0; i < file->rows(); ++i) {
      ResultRow row = file->next();
      gfnet::Classification labels;
      labels.top = std::move(row.top);
      restored->write(!row.cause.empty() ? format->failure(row.path, row.cause)
                                         : format->row(row.path, labels, {}));
      progress.advance(1, file->rows());
    }
    fs::rename(path_of(target), path_of(journal_path()));
    journal_ = std::move(restored);
    settled_ = journal_->bytes();
  } catch (const UsageError&) {
    throw;
  } catch (const gfnet::FormatError&) {
    remove(target);
    throw;
  } catch (const std::exception& error) {
    remove(target);
    throw gfnet::FormatError(path_of(path_), std::string("cannot be read: ") + error.what());
  }
}

void ParquetOutput::finish(std::uint64_t rows, const std::string& remedy) {
  if (interrupted() || journal_->bytes() == settled_) return;
  const std::string path = resolved(path_);
  try {
    if (!convert(unfinished(path), rows)) {
      remove(unfinished(path));
      return;
    }
    sync(unfinished(path));
    fs::rename(path_of(unfinished(path)), path_of(path));
    settled_ = journal_->bytes();
  } catch (const gfnet::FormatError&) {
    remove(unfinished(path));
    throw;
  } catch (const std::exception& error) {
    remove(unfinished(path));
    throw gfnet::FormatError(
        path_of(path_), fmt::format("cannot be written: {}; its rows are in '{}'{}", error.what(),
                                    journal_path(), remedy));
  }
}

bool ParquetOutput::convert(const std::string& target, std::uint64_t rows) const {
  std::ifstream journal(path_of(journal_path()), std::ios::binary);
  const auto file = parquet_module().create(target, top_k_);
  Progress progress(Progress::Unit::kRows);
  std::string line;
  for (std::uint64_t i = 0; i < rows; ++i) {
    std::optional<ResultRow> row;
    if (std::getline(journal, line)) row = parse_json_line(line);
    if (!row)
      throw gfnet::FormatError(path_of(journal_path()), "cannot be read: missing or damaged row");
    file->add(*row);
    if (interrupted()) return false;
    progress.advance(1, rows);
  }
  file->close();
  return true;
}

}  // namespace app
