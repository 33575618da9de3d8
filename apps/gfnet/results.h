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

/// Where results go, by the options' names; empty for nowhere, output for stdout.
struct ResultTargets {
  std::string format;
  std::string output;
  std::string logits;
  std::string preprocessed;
  bool resume = false;
  /// Not of a tensor, whose rows name no files: a run that ends early can be gone on with.
  bool of_pictures = true;

  /// All files that are written to.
  std::vector<std::string> files() const;
  std::vector<std::string> arrays() const;
  /// Those of them that are emptied before they are looked into: with `resume`, the arrays, of
  /// which there need be no rows yet.
  std::vector<std::string> emptied() const { return resume ? arrays() : files(); }
};

/// Writes what a run finds out, in input order: one row an input in the table of results and in
/// every array, failures included. Whenever the process ends, each file holds whole rows, and the
/// arrays no fewer than the results.
class Results {
 public:
  /// Opens, and empties, the files; with `resume` cuts them to the rows that all of them hold.
  /// Throws gfnet::FormatError, or UsageError if what is there cannot be gone on with.
  Results(const ResultTargets& targets, const gfnet::ModelDescription& model, std::int64_t top_k);

  /// take_away: called before rows go to a terminal, for what else stands on it.
  void make_room_with(std::function<void()> take_away) { take_away_ = std::move(take_away); }

  bool wants_preprocessed() const { return preprocessed_ != nullptr; }
  /// Those of the inputs that have no rows yet.
  InputSource remaining(InputSource inputs) const;

  /// preprocessed: what entered the network, if that is wanted.
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
  /// In the results as a whole.
  std::uint64_t rows() const { return prior_.rows + labelled_ + failed_; }

 private:
  /// Leaves in it what there is.
  void open_output(std::int64_t top_k);
  std::unique_ptr<gfnet::NpyWriter> open_array(const std::string& path, const gfnet::Shape& row);
  void write(const std::string& rows);
  bool confirms_sample(const std::string& path, const std::string& row);

  ResultTargets targets_;
  std::unique_ptr<ResultFormat> format_;
  const RowFormat* rows_format_ = nullptr;  // format_, if its rows can be told apart
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
