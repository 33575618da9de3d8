#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "inputs/input.h"
#include "output/array_file.h"
#include "output/output_file.h"
#include "output/parquet/parquet_output.h"
#include "output/result_format.h"
#include "output/resume.h"

namespace app {

/// The outputs of a run and their format. The members from `format` to `resume` hold the values of
/// the options of the same names (--format, --output, …). A file with an empty name is not written,
/// but an empty `output` means stdout.
struct ResultTargets {
  std::string format;
  std::string output;
  std::string logits;
  std::string features;
  std::string preprocessed;
  bool resume = false;
  /// Whether the run moves the inputs that it has labelled (--move-to).
  bool moves_inputs = false;
  /// False with --tensor, which reads a tensor instead of image files. The rows of such a run do
  /// not name files, so the run cannot be resumed.
  bool of_images = true;

  /// All files that the run writes.
  std::vector<std::string> files() const;
  std::vector<std::string> arrays() const;
  /// Throws UsageError if a file that the run makes beside an output exists and was not left by an
  /// earlier run. Call this function before an output is opened.
  void check_side_files() const;
  /// The files that may be emptied when they are opened. With `resume`, these are only the arrays
  /// (the .npy files), and an array is emptied only if the output has no rows yet.
  std::vector<std::string> emptied() const { return resume ? arrays() : files(); }
};

/// Writes the results of a run, in input order. Each input, also a failed one, gives one row in the
/// output and one in every array (.npy file of logits, features or preprocessed images). Whenever
/// the process ends, each file holds only whole rows, and each array has at least as many rows as
/// the output. What the files hold from earlier runs stays until the first row of this run.
class Results {
 public:
  /// Opens the files and keeps what they hold. Throws gfnet::FormatError, or UsageError if
  /// existing files cannot be continued.
  Results(const ResultTargets& targets, const gfnet::ModelDescription& model, std::int64_t top_k);

  /// Sets the function that is called before rows go to a terminal. take_away: this function;
  /// clears other text, such as the progress line, from the terminal.
  void make_room_with(std::function<void()> take_away) { take_away_ = std::move(take_away); }

  bool wants_preprocessed() const { return preprocessed_ != nullptr; }
  bool wants_thumbnails() const { return targets_.format == "html"; }
  /// Returns those of `inputs` that have no rows yet. With `resume`, if earlier runs have labelled
  /// any inputs, one of those inputs comes first. The run labels this input again, to check that
  /// the result has not changed (see PriorRows::sample).
  InputSource remaining(InputSource inputs) const;

  /// Adds the row of a labelled input. result: with features, if the targets name a file for them.
  /// preprocessed: the image as the network gets it, [C, H, W] (channels, height, width); used only
  /// if wants_preprocessed(). thumbnail: a JPEG file, if wants_thumbnails(). With Input::is_check,
  /// only compares the row with the one that exists: throws UsageError if they differ.
  void add(const Input& input, const gfnet::Classification& result,
           std::span<const float> preprocessed, std::span<const std::byte> thumbnail);
  /// Adds the row of a failed input, whose Input::cause is set. Otherwise as add().
  void add_failure(const Input& input);
  /// Ends the files. is_complete: whether all inputs have their rows. If not, and if there is no
  /// new row, the files stay as they were.
  void finish(bool is_complete);
  /// Whether the output holds the rows of this run. If not, it may still hold other results.
  bool has_begun() const { return has_begun_; }

  bool can_be_resumed() const {
    return rows_format_ != nullptr && !targets_.output.empty() && targets_.of_images;
  }
  const PriorRows& prior() const { return prior_; }
  std::uint64_t labelled() const { return labelled_; }
  std::uint64_t failed() const { return failed_; }
  /// Number of rows in the output, including those of earlier runs.
  std::uint64_t rows() const { return prior_.rows + labelled_ + failed_; }

 private:
  /// Opens the output and keeps its content.
  void open_output(std::int64_t top_k);
  std::unique_ptr<ArrayFile> open_array(const std::string& path, const gfnet::Shape& row);
  /// Before the first row. Without `resume`, empties the files. With `resume`, shortens each file
  /// to the rows that all files hold.
  void begin();
  void begin_output();
  void write(const std::string& rows);
  void check_sample(const std::string& path, const std::string& row) const;

  ResultTargets targets_;
  std::unique_ptr<ResultFormat> format_;
  const RowFormat* rows_format_ = nullptr;  // format_, if it is a RowFormat
  PriorRows prior_;
  std::string rows_path_;
  std::unique_ptr<ParquetOutput> parquet_;
  std::unique_ptr<OutputFile> own_output_;
  OutputFile* output_ = nullptr;  // own_output_, or the journal of parquet_
  std::unique_ptr<ArrayFile> logits_;
  std::unique_ptr<ArrayFile> features_;
  std::unique_ptr<ArrayFile> preprocessed_;
  bool has_begun_ = false;
  std::function<void()> take_away_;
  std::uint64_t labelled_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace app
