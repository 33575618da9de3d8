#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "output_file.h"
#include "parquet_output.h"
#include "result_format.h"
#include "resume.h"

namespace app {

/// Where results go. Members are named after their options. A file with an empty name is not
/// written; an empty `output` is stdout.
struct ResultTargets {
  std::string format;
  std::string output;
  std::string logits;
  std::string preprocessed;
  bool resume = false;
  /// False for --tensor, whose rows name no files, so that its run cannot be resumed.
  bool of_pictures = true;

  /// All files that are written to.
  std::vector<std::string> files() const;
  std::vector<std::string> arrays() const;
  /// The files that may be emptied when they are opened. With `resume` only the arrays, which are
  /// emptied if no rows exist yet.
  std::vector<std::string> emptied() const { return resume ? arrays() : files(); }
};

/// Writes the results of a run, in input order: one row per input to the output and to every array,
/// failures included. Whenever the process ends, each file holds whole rows, and each array has at
/// least as many rows as the output.
class Results {
 public:
  /// Opens and empties the files; with `resume` cuts them to the rows that all of them hold. Throws
  /// gfnet::FormatError, or UsageError if the existing files cannot be continued.
  Results(const ResultTargets& targets, const gfnet::ModelDescription& model, std::int64_t top_k);

  /// take_away: called before rows go to a terminal, to clear other text from it.
  void make_room_with(std::function<void()> take_away) { take_away_ = std::move(take_away); }

  bool wants_preprocessed() const { return preprocessed_ != nullptr; }
  /// The inputs that have no rows yet; before them the sample's input (see skip_prior_rows()).
  InputSource remaining(InputSource inputs) const;

  /// preprocessed: the network's input, [C, H, W], if wants_preprocessed().
  void add(const std::string& path, const gfnet::Classification& result,
           std::span<const float> preprocessed);
  void add_failure(const std::string& path, const std::string& cause);
  void finish();

  bool can_be_resumed() const {
    return rows_format_ != nullptr && !targets_.output.empty() && targets_.of_pictures;
  }
  const PriorRows& prior() const { return prior_; }
  std::uint64_t labelled() const { return labelled_; }
  std::uint64_t failed() const { return failed_; }
  /// Rows in the output, those of earlier runs included.
  std::uint64_t rows() const { return prior_.rows + labelled_ + failed_; }

 private:
  /// Keeps the output's content.
  void open_output(std::int64_t top_k);
  std::unique_ptr<gfnet::NpyWriter> open_array(const std::string& path, const gfnet::Shape& row);
  void write(const std::string& rows);
  bool confirms_sample(const std::string& path, const std::string& row);

  ResultTargets targets_;
  std::unique_ptr<ResultFormat> format_;
  const RowFormat* rows_format_ = nullptr;  // format_, if it is a RowFormat
  PriorRows prior_;
  bool awaits_sample_ = false;
  std::string rows_path_;
  std::unique_ptr<ParquetOutput> parquet_;
  std::unique_ptr<OutputFile> own_output_;
  OutputFile* output_ = nullptr;  // own_output_, or the journal of parquet_
  std::unique_ptr<gfnet::NpyWriter> logits_;
  std::unique_ptr<gfnet::NpyWriter> preprocessed_;
  std::function<void()> take_away_;
  std::uint64_t labelled_ = 0;
  std::uint64_t failed_ = 0;
};

}  // namespace app
