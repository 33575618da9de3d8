#include <gfnet/gfnet.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <iostream>
#include <limits>
#include <optional>

#include "command.h"
#include "inputs.h"
#include "labeller.h"
#include "options.h"
#include "result_writer.h"
#include "terminal.h"

namespace app {
namespace {

struct ClassifyOptions {
  ModelOptions model;
  std::vector<std::string> paths;
  std::int64_t top_k = 5;
  std::string format;
  std::string output;
  std::string tensor;
  std::string logits;
  std::string preprocessed;
};

/// Everything one run of `gfnet classify` writes: rows, logits, preprocessed tensors, failures.
class ClassifyRun {
 public:
  explicit ClassifyRun(const ClassifyOptions& options)
      : options_(options),
        model_(options.model.load()),
        top_k_(std::min(options.top_k, model_.description().classes)),
        classifier_(model_, options.model.classifier_options(top_k_)),
        batch_(options.model.batch_for(classifier_)),
        inputs_(collect_inputs(options.paths)) {
    protect_inputs();
    open_outputs();
  }

  int run() {
    options_.tensor.empty() ? run_pictures() : run_tensor();
    writer_->finish();
    out().flush();
    check_output();
    if (logits_) logits_->close();
    if (preprocessed_) preprocessed_->close();
    print_summary();
    const int validation = report_validation(classifier_);
    if (validation != kAllDone) return validation;
    return failed_ == 0 ? kAllDone : kSomeFailed;
  }

 private:
  /// Opening an output empties it: no input may be one, nor may two be the same file.
  void protect_inputs() const {
    std::vector<std::string> taken{model_.description().path.string(), options_.model.labels,
                                   options_.tensor};
    taken.insert(taken.end(), inputs_.files.begin(), inputs_.files.end());
    for (const std::string& output : {options_.output, options_.logits, options_.preprocessed}) {
      if (output.empty()) continue;
      for (const std::string& other : taken) {
        if (is_same_file(output, other)) {
          throw UsageError("classify: '" + output + "' would overwrite '" + other + "'");
        }
      }
      taken.push_back(output);
    }
  }

  void open_outputs() {
    const gfnet::ModelDescription& d = model_.description();
    if (!options_.logits.empty()) {
      logits_.emplace(options_.logits, gfnet::Shape{d.classes});
    }
    if (!options_.preprocessed.empty()) {
      preprocessed_.emplace(options_.preprocessed,
                            gfnet::Shape{d.input_channels, d.image_height, d.image_width});
    }
    if (!options_.output.empty()) {
      file_.open(options_.output, std::ios::binary);
      check_output();
    }
    std::string format = options_.format;
    if (format.empty()) {
      format = options_.output.empty() && stdout_is_terminal() ? "table" : "csv";
    }
    writer_ = make_result_writer(format, out(), top_k_);
  }

  void run_pictures() {
    for (const std::string& failure : inputs_.failures) report(failure);
    Progress progress(inputs_.files.size());
    progress_ = &progress;
    label_files(inputs_.files, classifier_, batch_,
                [&](const std::string& file, const LabelledImage& labelled) {
                  if (labelled.failure.empty()) {
                    write(file, labelled.result);
                    if (preprocessed_) {
                      preprocessed_->append(classifier_.preprocess({&labelled.image, 1}));
                    }
                  } else {
                    write_failure(labelled.failure);
                  }
                  progress.advance(1);
                });
    progress_ = nullptr;
    seconds_ = progress.seconds();
  }

  void run_tensor() {
    const gfnet::NpyArray array = gfnet::read_npy(options_.tensor);
    const gfnet::ModelDescription& d = model_.description();
    const std::int64_t images = array.shape.rank() == 4 ? array.shape[0] : 0;
    if (array.shape != gfnet::Shape{images, d.input_channels, d.image_height, d.image_width}) {
      const gfnet::Shape image{d.input_channels, d.image_height, d.image_width};
      throw gfnet::FormatError(options_.tensor, "has shape " + array.shape.text() +
                                                    ", the model takes a batch of " + image.text() +
                                                    " images");
    }
    const std::int64_t elements = d.input_channels * d.image_height * d.image_width;
    Progress progress(static_cast<std::uint64_t>(images));
    progress_ = &progress;
    for (std::int64_t first = 0; first < images; first += batch_) {
      const std::int64_t count = std::min(batch_, images - first);
      const auto results =
          classifier_.classify_tensor(std::span(array.values)
                                          .subspan(static_cast<std::size_t>(first * elements),
                                                   static_cast<std::size_t>(count * elements)));
      for (std::int64_t i = 0; i < count; ++i) {
        const auto& result = results[static_cast<std::size_t>(i)];
        const std::string name = options_.tensor + "[" + std::to_string(first + i) + "]";
        const char* const fault = fault_of(result);
        fault == nullptr ? write(name, result) : write_failure(name + ": " + fault);
      }
      progress.advance(static_cast<std::uint64_t>(count));
    }
    progress_ = nullptr;
    seconds_ = progress.seconds();
  }

  void write(const std::string& path, const gfnet::Classification& result) {
    writer_->write(path, result);
    out().flush();  // whole rows, so that whoever reads along or ends the run has them
    check_output();
    if (logits_) logits_->append(result.logits);
    ++labelled_;
  }

  /// The arrays keep one row an input: one that failed has none, which is to say NaN.
  void write_failure(const std::string& failure) {
    report(failure);
    const gfnet::ModelDescription& d = model_.description();
    if (logits_) append_nothing(*logits_, d.classes);
    if (preprocessed_) {
      append_nothing(*preprocessed_, d.input_channels * d.image_height * d.image_width);
    }
  }

  static void append_nothing(gfnet::NpyWriter& array, std::int64_t elements) {
    const float none = std::numeric_limits<float>::quiet_NaN();
    array.append(std::vector<float>(static_cast<std::size_t>(elements), none));
  }

  void report(const std::string& failure) {
    if (progress_ != nullptr) progress_->clear();
    std::fprintf(stderr, "gfnet: %s\n", gfnet::printable(failure).c_str());
    ++failed_;
  }

  void print_summary() const {
    std::fprintf(stderr, "%zu labelled", labelled_);
    if (failed_ > 0) std::fprintf(stderr, ", %zu failed", failed_);
    if (inputs_.passed_over > 0) {
      std::fprintf(stderr, ", %zu other files passed over", inputs_.passed_over);
    }
    std::fprintf(stderr, " in %.2f s (%.1f images/s) on %s\n", seconds_,
                 static_cast<double>(labelled_) / std::max(seconds_, 1e-9),
                 device_name(classifier_).c_str());
  }

  std::ostream& out() { return options_.output.empty() ? std::cout : file_; }

  /// A full disk or a reader that has gone ends the run at once.
  void check_output() {
    if (out()) return;
    throw gfnet::FormatError(options_.output.empty() ? "stdout" : options_.output,
                             std::string("cannot be written: ") + std::strerror(errno));
  }

  const ClassifyOptions& options_;
  gfnet::Model model_;
  std::int64_t top_k_;
  gfnet::Classifier classifier_;
  std::int64_t batch_;
  Inputs inputs_;
  std::ofstream file_;
  std::unique_ptr<ResultWriter> writer_;
  std::optional<gfnet::NpyWriter> logits_;
  std::optional<gfnet::NpyWriter> preprocessed_;
  Progress* progress_ = nullptr;
  std::size_t labelled_ = 0;
  std::size_t failed_ = 0;
  double seconds_ = 0;
};

void check_usage(const ClassifyOptions& options) {
  if (options.paths.empty() == options.tensor.empty()) {
    throw UsageError(options.paths.empty() ? "classify: name pictures, folders, - or --tensor"
                                           : "classify: pictures and --tensor exclude each other");
  }
  if (!options.tensor.empty() && !options.preprocessed.empty()) {
    throw UsageError("classify: --preprocessed is about pictures; --tensor is taken as it is");
  }
}

}  // namespace

void add_classify(CLI::App& app, int& status) {
  CLI::App* command = app.add_subcommand("classify", "Label pictures");
  auto options = std::make_shared<ClassifyOptions>();
  command->add_option("PATH", options->paths,
                      "Files, folders (with all below them), or - for such paths on stdin");
  options->model.add_to(*command);
  command->add_option("--top", options->top_k, "How many classes to report (5)")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}));
  command
      ->add_option("--format", options->format, "table (on a terminal), csv (otherwise) or jsonl")
      ->check(CLI::IsMember({"table", "csv", "jsonl"}));
  command->add_option("--output", options->output, "File for the rows; default: stdout");
  command->add_option("--tensor", options->tensor,
                      "float32 .npy [N, C, H, W], normalised, instead of pictures");
  command->add_option("--logits", options->logits,
                      "Write the logits: float32 .npy [N, classes], NaN where an input failed");
  command->add_option("--preprocessed", options->preprocessed,
                      "Write what entered the network: float32 .npy [N, C, H, W], NaN likewise");
  command->callback([options, &status] {
    check_usage(*options);
    status = ClassifyRun(*options).run();
  });
}

}  // namespace app
