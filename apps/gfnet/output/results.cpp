#include "output/results.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <limits>
#include <utility>
#include <vector>

#include "command_line/usage_error.h"
#include "system/paths.h"
#include "terminal/end_in_time.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::text_of;

/// The row that a failed input gets in a .npy file: all NaN. row: the shape of a row.
std::vector<float> nothing(const gfnet::Shape& row) {
  return std::vector<float>(static_cast<std::size_t>(row.elements()),
                            std::numeric_limits<float>::quiet_NaN());
}

}  // namespace

std::vector<std::string> ResultTargets::arrays() const {
  std::vector<std::string> arrays{logits, features, preprocessed};
  std::erase(arrays, "");
  return arrays;
}

std::vector<std::string> ResultTargets::files() const {
  auto files = format == "parquet" ? ParquetOutput::files(output) : std::vector{output};
  std::erase(files, "");
  std::ranges::copy(arrays(), std::back_inserter(files));
  return files;
}

void ResultTargets::check_side_files() const {
  if (format == "parquet") ParquetOutput::check_side_files(output);
}

Results::Results(const ResultTargets& targets, const gfnet::ModelDescription& model,
                 std::int64_t top_k)
    : targets_(targets) {
  if (targets_.format.empty()) {
    targets_.format = targets_.output.empty() && stdout_is_terminal() ? "table" : "csv";
  }
  if (targets_.format == "table") {
    format_ = make_table_format(top_k);
  } else {
    auto format = targets_.format == "csv"       ? make_csv_format(top_k)
                  : targets_.format == "html"    ? make_html_format(text_of(model.path.filename()))
                  : targets_.format == "parquet" ? ParquetOutput::row_format()
                                                 : make_json_lines_format();
    rows_format_ = format.get();
    format_ = std::move(format);
  }
  if (targets_.resume) {
    if (!can_be_resumed()) {
      throw UsageError("classify: --resume needs --output and a format other than table");
    }
    check_can_be_resumed(targets_.output);
  }
  open_output(top_k);
  logits_ = open_array(targets_.logits, gfnet::Shape{model.classes});
  features_ = open_array(targets_.features, gfnet::Shape{model.stages.back().channels});
  preprocessed_ =
      open_array(targets_.preprocessed,
                 gfnet::Shape{model.input_channels, model.image_height, model.image_width});
  // An output that is empty, or a pipe, has nothing to lose.
  if (output_->bytes() == 0) begin_output();
}

void Results::begin_output() {
  if (std::exchange(has_begun_, true)) return;
  output_->cut(prior_.bytes);
  if (prior_.bytes == 0) output_->write(format_->head());
}

void Results::begin() {
  // The output first: each array must have as many rows as the output.
  begin_output();
  for (ArrayFile* const array : {logits_.get(), features_.get(), preprocessed_.get()}) {
    if (array != nullptr) array->begin();
  }
}

void Results::open_output(std::int64_t top_k) {
  // Open the output first: it locks out other runs.
  if (targets_.format == "parquet") {
    parquet_ = std::make_unique<ParquetOutput>(targets_.output, top_k, targets_.resume);
    rows_path_ = parquet_->journal_path();
  } else {
    own_output_ = std::make_unique<OutputFile>(targets_.output);
    rows_path_ = targets_.output;
  }
  output_ = parquet_ ? &parquet_->journal() : own_output_.get();
  if (targets_.resume) {
    prior_ = read_prior_rows(rows_path_, *rows_format_);
  }
}

std::unique_ptr<ArrayFile> Results::open_array(const std::string& path, const gfnet::Shape& row) {
  if (path.empty()) return nullptr;
  try {
    return std::make_unique<ArrayFile>(path, row, prior_.rows);
  } catch (const gfnet::FormatError& error) {
    if (prior_.rows == 0) throw;
    throw UsageError(std::string("--resume: ") + error.what());
  }
}

InputSource Results::remaining(InputSource inputs) const {
  if (prior_.rows == 0) return inputs;
  return skip_prior_rows(std::move(inputs), rows_path_, targets_.output, *rows_format_, prior_,
                         targets_.moves_inputs);
}

void Results::add(const Input& input, const gfnet::Classification& result,
                  std::span<const float> preprocessed, std::span<const std::byte> thumbnail) {
  const std::string row = format_->row(input.path, result, thumbnail);
  if (input.is_check) return check_sample(input.path, row);
  const WholeStep step;
  begin();
  // Write the row last: if it exists, the rows of the arrays exist too.
  if (logits_) logits_->append(result.logits);
  if (features_) features_->append(result.features);
  if (preprocessed_) preprocessed_->append(preprocessed);
  write(row);
  ++labelled_;
}

void Results::add_failure(const Input& input) {
  const std::string row = format_->failure(input.path, input.cause);
  if (input.is_check) return check_sample(input.path, row);
  const WholeStep step;
  begin();
  for (ArrayFile* const array : {logits_.get(), features_.get(), preprocessed_.get()}) {
    if (array != nullptr) array->append(nothing(array->row()));
  }
  write(row);
  ++failed_;
}

void Results::write(const std::string& rows) {
  if (rows.empty()) return;
  if (take_away_ && targets_.output.empty() && stdout_is_terminal()) take_away_();
  output_->write(rows);
}

/// With --resume, the run first labels one input again that already has a row (see
/// PriorRows::sample). row: the new row of this input. Throws UsageError if it differs from the old
/// one.
void Results::check_sample(const std::string& path, const std::string& row) const {
  if (row == prior_.sample) return;
  throw UsageError(
      fmt::format("--resume: '{}' now gives another result than in '{}': the image, model, labels, "
                  "device, precision or tuning has changed",
                  path, targets_.output));
}

void Results::finish(bool is_complete) {
  {
    const WholeStep step;
    if (is_complete) begin();
    if (has_begun_) write(format_->tail());
  }
  if (logits_) logits_->close();
  if (features_) features_->close();
  if (preprocessed_) preprocessed_->close();
  if (parquet_ && has_begun_)
    parquet_->finish(rows(), can_be_resumed() ? "; --resume makes it from them" : "");
}

}  // namespace app
