#include <fmt/format.h>
#include <gfnet/gfnet.h>
#include <gfnet/table.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>

#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "evaluation/class_counts.h"
#include "evaluation/confusion_file.h"
#include "evaluation/evaluation_rows.h"
#include "inputs/input_counter.h"
#include "inputs/inputs.h"
#include "inputs/overwrite.h"
#include "job/classifiers.h"
#include "job/labeller.h"
#include "system/folder_entries.h"
#include "system/paths.h"
#include "terminal/end_in_time.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"
#include "terminal/units.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

namespace fs = std::filesystem;

struct EvaluateOptions {
  ModelOptions model;
  std::string directory;
  std::string output;
  std::string scores;
  std::vector<std::string> confusion;
  bool json = false;

  /// All files that the run writes.
  std::vector<std::string> files() const {
    std::vector<std::string> files =
        output.empty() ? std::vector<std::string>() : EvaluationRows::files(output);
    files.insert(files.end(), confusion.begin(), confusion.end());
    return files;
  }
};

/// Maps names in lower case to class indices. A class's names are its label, short label and
/// synset. If several classes have a name in common, the name belongs to the first of these
/// classes.
std::map<std::string, std::int64_t> class_names(const gfnet::Model& model) {
  std::map<std::string, std::int64_t> names;
  for (std::int64_t i = 0; i < static_cast<std::int64_t>(model.labels().size()); ++i) {
    for (const std::string& name :
         {model.label_of(i), model.short_label_of(i), model.synset_of(i)}) {
      if (!name.empty()) names.emplace(gfnet::lower_case(name), i);
    }
  }
  return names;
}

/// The folders of the classes, sorted. Folders that systems and programs make for themselves are
/// passed over, unless the model has a class of this name. names: as of class_names().
std::vector<fs::path> class_folders(const std::string& directory,
                                    const std::map<std::string, std::int64_t>& names) {
  std::vector<fs::path> folders;
  const auto take = [&folders, &names](const gfnet::system::FolderEntry& entry) {
    std::error_code ignored;
    if (!fs::is_directory(entry.path, ignored)) return;
    const std::string name = text_of(entry.path.filename());
    if (is_hidden_folder(name) && !names.contains(gfnet::lower_case(name))) return;
    folders.push_back(entry.path);
  };
  const std::error_code error = gfnet::system::for_each_entry(path_of(directory), take);
  if (error) throw gfnet::FormatError(path_of(directory), error.message());
  if (folders.empty()) throw gfnet::FormatError(path_of(directory), "has no class folders");
  std::ranges::sort(folders);
  return folders;
}

/// The class of each folder. Two cases are accepted. Either each folder has one of the names of its
/// class: label, short label or synset. Or no folder has the name of a class, and there are as many
/// folders as classes: then folder i, in sorted order, is class i, as with ImageNet's synsets. In
/// all other cases, throws UsageError. names: as of class_names().
std::vector<std::int64_t> classes_of(const std::vector<fs::path>& folders,
                                     const gfnet::Model& model,
                                     const std::map<std::string, std::int64_t>& names,
                                     const std::string& directory) {
  std::vector<std::int64_t> classes;
  std::string unknown;
  for (const fs::path& folder : folders) {
    const std::string name = gfnet::lower_case(text_of(folder.filename()));
    const auto known = names.find(name);
    if (known == names.end()) {
      unknown = text_of(folder.filename());
    } else {
      classes.push_back(known->second);
    }
  }
  if (unknown.empty()) return classes;
  if (!classes.empty() ||
      static_cast<std::int64_t>(folders.size()) != model.description().classes) {
    throw UsageError(
        fmt::format("{}: the folder '{}' is not a label of the model, and there are {} folders for "
                    "{} classes",
                    directory, unknown, folders.size(), model.description().classes));
  }
  classes.clear();
  for (std::size_t i = 0; i < folders.size(); ++i) classes.push_back(static_cast<std::int64_t>(i));
  return classes;
}

/// What an evaluation has found out.
struct Score {
  explicit Score(std::int64_t class_count) : classes(class_count) {}

  std::size_t total = 0;
  std::size_t top1 = 0;
  std::size_t top5 = 0;
  std::size_t failed = 0;
  double seconds = 0;
  ClassCounts classes;

  void count(const gfnet::Classification& result, std::int64_t expected) {
    ++total;
    top1 += result.top.front().index == expected;
    top5 += std::ranges::any_of(result.top, [&](const auto& p) { return p.index == expected; });
    classes.count(expected, result.top.front().index);
  }
  double percent(std::size_t hits) const {
    return total == 0 ? 0.0 : 100.0 * static_cast<double>(hits) / static_cast<double>(total);
  }
};

/// One run of `gfnet eval`.
class EvaluateRun {
 public:
  /// Reads the model, finds the class of each folder and refuses outputs that would overwrite what
  /// the run reads. Opens no output.
  EvaluateRun(const EvaluateOptions& options, EndInTime& end)
      : options_(options),
        end_(end),
        model_(options.model.load_with_head()),
        names_(class_names(model_)),
        folders_(class_folders(options.directory, names_)),
        classes_(classes_of(folders_, model_, names_, options.directory)),
        guard_(options.files(), {text_of(model_.description().path), options.model.labels}),
        score_(model_.description().classes) {
    for (const std::string& path : options.confusion) {
      ConfusionFile::check_usage(path, model_.description().classes);
    }
  }

  /// Returns the exit status.
  int run() {
    classifiers_.emplace(
        open_devices(model_, options_.model,
                     {.top_k = std::min<std::int64_t>(5, model_.description().classes),
                      .scores = scores_of(options_.scores)}));
    std::vector<std::string> paths;
    for (const fs::path& folder : folders_) paths.push_back(text_of(folder));
    guard_.check_inputs(paths, options_.files());
    EvaluationRows::check_side_files(options_.output);
    // If the inputs could not all be checked, no output may be opened.
    if (interrupted()) {
      std::fputs("gfnet: interrupted before anything was written\n", stderr);
      return kInterrupted;
    }
    std::vector<ConfusionFile> confusion(options_.confusion.begin(), options_.confusion.end());
    if (!options_.output.empty()) {
      rows_ = std::make_unique<EvaluationRows>(options_.output);
    }
    const LastWords words(end_, [this] {
      print();
      say_interrupted();
    });
    evaluate(paths);
    const WholeStep step;
    if (rows_) rows_->finish();
    for (const ConfusionFile& file : confusion) file.write(score_.classes, model_);
    print();
    const int status = conclude();
    end_.decide(status);
    return status;
  }

 private:
  /// Labels every image and compares the labels with the expected classes. The images below
  /// folders_[i] belong to classes_[i]. Images that fail are named on stderr and do not count.
  void evaluate(const std::vector<std::string>& paths) {
    Progress progress;
    progress.announce(kGettingReady);
    Inputs inputs(paths, nullptr, HiddenFolders::kPassedOver);
    const InputCounter counter(can_show_status() ? paths : std::vector<std::string>(),
                               HiddenFolders::kPassedOver);
    label_images(guard_.watch([&] { return inputs.next(); }), *classifiers_, {},
                 [&](const LabelledImage& labelled) {
                   const WholeStep step;
                   score_.seconds = progress.seconds();
                   if (!labelled.input.cause.empty()) progress.clear();
                   add(labelled);
                   progress.advance(1, counter.total());
                 });
    score_.seconds = progress.seconds();
  }

  void add(const LabelledImage& labelled) {
    const Input& input = labelled.input;
    const std::int64_t expected = classes_[input.argument];
    if (input.cause.empty()) {
      score_.count(labelled.result, expected);
      write_row(input, expected, labelled.result.top.front());
    } else {
      report_failure(input);
      ++score_.failed;
      write_row(input, expected, std::nullopt);
    }
  }

  void write_row(const Input& input, std::int64_t expected,
                 const std::optional<gfnet::Prediction>& best) {
    if (rows_) {
      rows_->add({input.path, expected, model_.label_of(expected), best, input.cause});
    }
  }

  double rate() const { return static_cast<double>(score_.total) / std::max(score_.seconds, 1e-9); }

  void print() const { options_.json ? print_json() : print_text(); }

  void print_json() const {
    nlohmann::ordered_json document{{"model", text_of(model_.description().path)},
                                    {"device", classifiers_->device_names()},
                                    {"precision", classifiers_->precisions()},
                                    {"images", score_.total},
                                    {"failed", score_.failed},
                                    {"top1", score_.percent(score_.top1)},
                                    {"top5", score_.percent(score_.top5)},
                                    {"seconds", score_.seconds},
                                    {"images_per_second", rate()},
                                    {"classes", nlohmann::ordered_json::array()}};
    const auto number = [](const std::optional<double>& value) {
      return value ? nlohmann::ordered_json(*value) : nlohmann::ordered_json();
    };
    const ClassCounts& counts = score_.classes;
    for (std::int64_t i = 0; i < counts.classes(); ++i) {
      document["classes"].push_back({{"class", i},
                                     {"label", model_.label_of(i)},
                                     {"images", counts.images(i)},
                                     {"predicted", counts.predicted(i)},
                                     {"precision", number(counts.precision(i))},
                                     {"recall", number(counts.recall(i))}});
    }
    std::puts(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
  }

  void print_text() const {
    const auto row = [&](const char* name, std::size_t hits) {
      return fmt::format("{}     {:>6.2f} %   ({} of {})\n", name, score_.percent(hits), hits,
                         score_.total);
    };
    std::string text = row("top-1", score_.top1) + row("top-5", score_.top5);
    text += fmt::format("speed     {:.1f} images/s on {}, {}\n", rate(),
                        classifiers_->device_names(), classifiers_->precisions());
    if (score_.failed > 0) text += fmt::format("failed    {}, named on stderr\n", score_.failed);
    text += "\n" + class_table();
    std::fputs(text.c_str(), stdout);
  }

  /// A row for each class that images belong to or were labelled as.
  std::string class_table() const {
    const auto share = [](const std::optional<double>& value) {
      return value ? app::percent(*value) : "";
    };
    gfnet::Table table({{"class", gfnet::Align::kLeft},
                        {"images", gfnet::Align::kRight},
                        {"labelled so", gfnet::Align::kRight},
                        {"precision", gfnet::Align::kRight},
                        {"recall", gfnet::Align::kRight}});
    const ClassCounts& counts = score_.classes;
    for (std::int64_t i = 0; i < counts.classes(); ++i) {
      if (counts.images(i) == 0 && counts.predicted(i) == 0) continue;
      table.add({gfnet::printable(model_.short_label_of(i)), std::to_string(counts.images(i)),
                 std::to_string(counts.predicted(i)), share(counts.precision(i)),
                 share(counts.recall(i))});
    }
    return table.text();
  }

  int conclude() const {
    const int validation = report_validation(classifiers_->validation_messages());
    if (validation != kAllDone) return validation;
    if (interrupted()) {
      say_interrupted();
      return kInterrupted;
    }
    return score_.failed == 0 ? kAllDone : kSomeFailed;
  }

  void say_interrupted() const {
    std::fprintf(stderr, "gfnet: interrupted after %zu images; the score covers only these\n",
                 score_.total + score_.failed);
  }

  const EvaluateOptions& options_;
  EndInTime& end_;
  gfnet::Model model_;
  std::map<std::string, std::int64_t> names_;  // of the classes, in lower case
  std::vector<fs::path> folders_;
  std::vector<std::int64_t> classes_;
  OverwriteGuard guard_;
  Score score_;
  std::optional<Classifiers> classifiers_;
  std::unique_ptr<EvaluationRows> rows_;
};

}  // namespace

void add_evaluate(CommandLine& line) {
  Command command =
      line.add("eval", "Measure top-1 and top-5 accuracy on a folder with one folder per class");
  auto options = std::make_shared<EvaluateOptions>();
  command.option("DIR", options->directory, "Folder with one folder per class")
      .takes(ValueKind::kFolder)
      .required();
  options->model.add_to(command, /*several_devices=*/true);
  options->model.add_batch_to(command);
  command
      .option("--output", options->output,
              "File for a row an image: true class, label, probability, whether it is right; "
              "CSV (.csv), JSON lines (.jsonl) or Parquet (.parquet)")
      .takes(ValueKind::kFile);
  add_scores_option(command, options->scores);
  command
      .option("--confusion", options->confusion,
              "File for the confusion matrix: a table (.csv) or a drawing (.png); may be repeated")
      .takes(ValueKind::kFile)
      .one_argument();
  command.flag("--json", options->json, "Print JSON");
  command.interruptible_action([options]() -> int {
    if (!options->output.empty()) {
      EvaluationRows::check_usage(options->output);
    } else if (!options->scores.empty()) {
      throw UsageError("eval: --scores needs --output; the accuracy does not depend on it");
    }
    EndInTime end([] { say_notice("interrupted before an image was labelled"); });
    return EvaluateRun(*options, end).run();
  });
}

}  // namespace app
