#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <map>
#include <nlohmann/json.hpp>

#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "inputs/input_counter.h"
#include "inputs/inputs.h"
#include "job/classifiers.h"
#include "job/labeller.h"
#include "terminal/end_in_time.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

namespace fs = std::filesystem;

struct EvaluateOptions {
  ModelOptions model;
  std::string directory;
  bool json = false;
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
  std::error_code error;
  std::vector<fs::path> folders;
  for (fs::directory_iterator entry(directory, error); !error && entry != fs::directory_iterator();
       entry.increment(error)) {
    std::error_code ignored;
    if (!entry->is_directory(ignored)) continue;
    const std::string name = entry->path().filename().string();
    if (is_hidden_folder(name) && !names.contains(gfnet::lower_case(name))) continue;
    folders.push_back(entry->path());
  }
  if (error) throw gfnet::FormatError(directory, error.message());
  if (folders.empty()) throw gfnet::FormatError(directory, "has no class folders");
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
    const std::string name = gfnet::lower_case(folder.filename().string());
    const auto known = names.find(name);
    if (known == names.end()) {
      unknown = folder.filename().string();
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

struct Score {
  std::size_t total = 0;
  std::size_t top1 = 0;
  std::size_t top5 = 0;
  std::size_t failed = 0;
  double seconds = 0;

  void count(const gfnet::Classification& result, std::int64_t expected) {
    ++total;
    top1 += result.top.front().index == expected;
    top5 += std::ranges::any_of(result.top, [&](const auto& p) { return p.index == expected; });
  }
  double percent(std::size_t hits) const {
    return total == 0 ? 0.0 : 100.0 * static_cast<double>(hits) / static_cast<double>(total);
  }
};

/// Labels every image and compares the labels with the expected classes. The images below
/// folders[i] belong to classes[i]. Images that fail are named on stderr and do not count.
/// score: shows, at any time, what has been counted so far.
void evaluate(const std::vector<std::string>& folders, const std::vector<std::int64_t>& classes,
              Classifiers& classifiers, Score& score) {
  Progress progress;
  progress.announce(kGettingReady);
  Inputs inputs(folders, nullptr, HiddenFolders::kPassedOver);
  const InputCounter counter(can_show_status() ? folders : std::vector<std::string>(),
                             HiddenFolders::kPassedOver);
  label_images([&] { return inputs.next(); }, classifiers, {},
               [&](const LabelledImage& labelled) {
                 const Input& input = labelled.input;
                 const WholeStep step;
                 score.seconds = progress.seconds();
                 if (input.cause.empty()) {
                   score.count(labelled.result, classes[input.argument]);
                 } else {
                   progress.clear();
                   report_failure(input);
                   ++score.failed;
                 }
                 progress.advance(1, counter.total());
               });
  score.seconds = progress.seconds();
}

void print_score(const Score& score, const Classifiers& classifiers, bool json) {
  const double rate = static_cast<double>(score.total) / std::max(score.seconds, 1e-9);
  if (json) {
    const nlohmann::ordered_json document{
        {"model", classifiers[0].model().description().path.string()},
        {"device", classifiers.device_names()},
        {"precision", classifiers.precisions()},
        {"images", score.total},
        {"failed", score.failed},
        {"top1", score.percent(score.top1)},
        {"top5", score.percent(score.top5)},
        {"seconds", score.seconds},
        {"images_per_second", rate}};
    std::puts(document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace).c_str());
    return;
  }
  const auto row = [&](const char* name, std::size_t hits) {
    return fmt::format("{}     {:>6.2f} %   ({} of {})\n", name, score.percent(hits), hits,
                       score.total);
  };
  std::string text = row("top-1", score.top1) + row("top-5", score.top5);
  text += fmt::format("speed     {:.1f} images/s on {}, {}\n", rate, classifiers.device_names(),
                      classifiers.precisions());
  if (score.failed > 0) text += fmt::format("failed    {}, named on stderr\n", score.failed);
  std::fputs(text.c_str(), stdout);
}

void say_interrupted(const Score& score) {
  std::fprintf(stderr, "gfnet: interrupted after %zu images; the score covers only these\n",
               score.total + score.failed);
}

}  // namespace

void add_evaluate(CommandLine& line) {
  Command command =
      line.add("eval", "Measure top-1 and top-5 accuracy on a folder with one folder per class");
  auto options = std::make_shared<EvaluateOptions>();
  command.option("DIR", options->directory, "Folder with one folder per class").required();
  options->model.add_to(command, /*several_devices=*/true);
  options->model.add_batch_to(command);
  command.flag("--json", options->json, "Print JSON");
  command.action([options]() -> int {
    const InterruptGuard guard;
    EndInTime end([] { say_notice("interrupted before an image was labelled"); });
    const gfnet::Model model = options->model.load();
    if (!model.has_head()) {
      throw gfnet::FormatError(model.description().path,
                               "has no head (head.weight and head.bias), so it gives no classes");
    }
    const std::map<std::string, std::int64_t> names = class_names(model);
    const std::vector<fs::path> folders = class_folders(options->directory, names);
    const std::vector<std::int64_t> classes = classes_of(folders, model, names, options->directory);
    const std::int64_t top_k = std::min<std::int64_t>(5, model.description().classes);
    Classifiers classifiers = open_devices(model, options->model, top_k);
    Score score;
    const LastWords words(end, [&] {
      print_score(score, classifiers, options->json);
      say_interrupted(score);
    });
    evaluate({folders.begin(), folders.end()}, classes, classifiers, score);
    const WholeStep step;
    print_score(score, classifiers, options->json);
    const int validation = report_validation(classifiers.validation_messages());
    int status = validation;
    if (validation == kAllDone && interrupted()) {
      say_interrupted(score);
      status = kInterrupted;
    } else if (validation == kAllDone && score.failed > 0) {
      status = kSomeFailed;
    }
    end.decide(status);
    return status;
  });
}

}  // namespace app
