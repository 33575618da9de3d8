#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <algorithm>
#include <cstdio>
#include <memory>
#include <optional>
#include <utility>

#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "commands/classify_options.h"
#include "inputs/held_list.h"
#include "inputs/input_counter.h"
#include "inputs/inputs.h"
#include "inputs/overwrite.h"
#include "inputs/shard.h"
#include "job/classifiers.h"
#include "job/labeller.h"
#include "output/results.h"
#include "sorting/linked_inputs.h"
#include "sorting/sorted_folders.h"
#include "system/descriptor.h"
#include "system/paths.h"
#include "terminal/end_in_time.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

/// While this object exists, the progress line is cleared before rows are written to the same
/// terminal. The constructor shows the text kGettingReady in that line.
class RoomForRows {
 public:
  RoomForRows(Results& results, Progress& progress) : results_(results) {
    results.make_room_with([&progress] { progress.clear(); });
    progress.announce(kGettingReady);
  }
  ~RoomForRows() { results_.make_room_with(nullptr); }
  RoomForRows(const RoomForRows&) = delete;
  RoomForRows& operator=(const RoomForRows&) = delete;

 private:
  Results& results_;
};

void say(const std::string& text) { std::fputs(text.c_str(), stderr); }

/// For the command that continues a run: what it must read besides.
const char* on_stdin(const ClassifyOptions& options) {
  return Inputs::read_stdin(options.paths) ? ", with the same paths on stdin" : "";
}

/// what: what happened to the run.
void say_that_nothing_was_written(const ClassifyOptions& options,
                                  const std::vector<std::string>& arguments,
                                  const char* what = "interrupted") {
  say(fmt::format("gfnet: {} before anything was written; to continue{}: {}\n", what,
                  on_stdin(options), gfnet::printable(shell_command(arguments))));
}

/// One run of `gfnet classify`: from inputs to results.
class ClassifyRun {
 public:
  /// Reads the model. arguments: the whole command line. end: what ends the process if the run is
  /// interrupted and does not end by itself.
  ClassifyRun(const ClassifyOptions& options, const std::vector<std::string>& arguments,
              EndInTime& end)
      : options_(options),
        arguments_(arguments),
        end_(end),
        shard_(options.shard.empty() ? Shard() : Shard::parse(options.shard)),
        model_(options.model.load()),
        top_k_(std::min(options.top_k, model_.description().classes)),
        guard_(options.targets.files(),
               {text_of(model_.description().path), options.model.labels, options.tensor}) {
    // A network without a head gives features only.
    if (!model_.has_head() &&
        (options.sorting.is_wanted() || !options.scores.empty() ||
         !options.targets.logits.empty() || options.targets.features.empty())) {
      throw gfnet::FormatError(model_.description().path,
                               "has no head (head.weight and head.bias), so it gives no classes; "
                               "--features writes its features");
    }
  }
  ~ClassifyRun() { end_.say(nullptr); }
  ClassifyRun(const ClassifyRun&) = delete;
  ClassifyRun& operator=(const ClassifyRun&) = delete;

  /// Runs all steps of the command in order. Returns the exit status.
  int run() {
    classifiers_.emplace(open_devices(model_, options_.model,
                                      {.top_k = std::max<std::int64_t>(top_k_, 1),
                                       .scores = scores_of(options_.scores),
                                       .features = !options_.targets.features.empty()}));
    open_inputs();
    // If the inputs could not all be checked, no output may be opened.
    if (interrupted()) {
      const WholeStep step;
      say_that_nothing_was_written(options_, arguments_);
      end_.decide(kInterrupted);
      return kInterrupted;
    }
    // First, because it can complete what a killed run has begun: then an input fewer is found.
    if (options_.sorting.is_wanted()) sorted_.emplace(options_.sorting, model_, std::move(linked_));
    {
      const WholeStep step;
      results_.emplace(options_.targets, model_.description(), top_k_);
      end_.say([this] { print_how_to_go_on("interrupted"); });
    }
    // Each device compiles its pipelines for its first batch. The results are written as they come.
    try {
      options_.tensor.empty() ? label_inputs() : label_tensor();
    } catch (const gfnet::VulkanError& error) {
      results_->finish(/*is_complete=*/false);
      const WholeStep step;
      say_notice(error.what());
      print_how_to_go_on("stopped");
      end_.decide(kNoDevice);
      return kNoDevice;
    }
    results_->finish(!interrupted());
    const WholeStep step;
    const int status = conclude();
    end_.decide(status);
    return status;
  }

 private:
  /// Throws UsageError if an output would overwrite one of the inputs, or a file that nobody has
  /// named. Else makes inputs_, which lists the inputs. Finds the links among the inputs, if the
  /// inputs are moved.
  void open_inputs() {
    held_list_ = guard_.check_inputs(options_.paths, options_.targets.emptied());
    options_.targets.check_side_files();
    if (options_.sorting.moves()) find_links();
    inputs_.emplace(options_.paths, held_list_.get());
  }

  void find_links() {
    StatusLine status;
    status.show("looking for links among the images, because of --move-to");
    if (held_list_ == nullptr && Inputs::read_stdin(options_.paths)) {
      held_list_ = std::make_unique<HeldList>(gfnet::system::kStdin, "stdin");
    }
    linked_ = LinkedInputs([this] {
      if (held_list_ != nullptr) held_list_->rewind();
      const auto inputs = std::make_shared<Inputs>(options_.paths, held_list_.get());
      inputs->keep_archives_closed();
      return [inputs] { return inputs->next(); };
    });
    if (held_list_ != nullptr) held_list_->rewind();
  }

  /// Writes a summary to stderr and, if the run was interrupted, the command that continues the
  /// run. Returns the exit status.
  int conclude() const {
    print_summary();
    const int validation = report_validation(classifiers_->validation_messages());
    if (validation != kAllDone) return validation;
    if (interrupted()) {
      print_how_to_go_on("interrupted");
      return kInterrupted;
    }
    // The earlier run named these inputs. The status covers all rows of the results.
    if (const std::uint64_t before = results_->prior().failures; before > 0) {
      say(fmt::format("gfnet: {}: {} failed earlier; see its rows with an error\n",
                      gfnet::printable(options_.targets.output), before));
      return kSomeFailed;
    }
    return results_->failed() == 0 && not_sorted_ == 0 ? kAllDone : kSomeFailed;
  }

  /// Writes notices in place of the progress line.
  static Notify notify_over(Progress& progress) {
    return [&progress](const std::string& line) {
      progress.clear();
      say_notice(line);
    };
  }

  void label_inputs() {
    const InputSource mine = shard_.select(guard_.watch([this] { return next_input(); }));
    // Moved files cannot be counted any more.
    const bool can_count = can_show_status() && !options_.sorting.moves();
    const InputCounter counter(can_count ? options_.paths : std::vector<std::string>());
    Progress progress;
    const RoomForRows room(*results_, progress);
    label_images(results_->remaining(mine), *classifiers_,
                 {.load = {.apply_orientation = true},
                  .preprocessed = results_->wants_preprocessed(),
                  .thumbnails = results_->wants_thumbnails(),
                  .notify = notify_over(progress)},
                 [&](const LabelledImage& labelled) {
                   if (!labelled.input.cause.empty()) progress.clear();
                   write(labelled, progress);
                   const std::uint64_t total = shard_.share(counter.total());
                   progress.advance(1, total - std::min(total, results_->prior().rows));
                 });
    seconds_ = progress.seconds();
  }

  void label_tensor() {
    const gfnet::NpyArray array = gfnet::read_npy(path_of(options_.tensor));
    const gfnet::ModelDescription& d = model_.description();
    const std::int64_t images = array.shape.rank() == 4 ? array.shape[0] : 0;
    if (array.shape != gfnet::Shape{images, d.input_channels, d.image_height, d.image_width}) {
      const gfnet::Shape image{d.input_channels, d.image_height, d.image_width};
      throw gfnet::FormatError(path_of(options_.tensor),
                               fmt::format("has shape {}, the model takes a batch of {} images",
                                           array.shape.text(), image.text()));
    }
    const std::int64_t elements = d.input_channels * d.image_height * d.image_width;
    if (classifiers_->size() > 1) throw UsageError("classify: --tensor runs on one device");
    std::int64_t batch = classifiers_->batch(0);
    Progress progress;
    const RoomForRows room(*results_, progress);
    Recovery recovery(*classifiers_, 0, notify_over(progress));
    for (std::int64_t first = 0; first < images && !interrupted();) {
      const std::int64_t count = std::min(batch, images - first);
      std::vector<gfnet::Classification> results;
      try {
        results = (*classifiers_)[0].classify_tensor(
            std::span(array.values)
                .subspan(static_cast<std::size_t>(first * elements),
                         static_cast<std::size_t>(count * elements)));
      } catch (const gfnet::VulkanError& error) {
        const std::string work = fmt::format("labelling {}[{}…]", options_.tensor, first);
        batch =
            static_cast<std::int64_t>(recovery.retry(error, static_cast<std::size_t>(count), work));
        continue;
      }
      for (std::int64_t i = 0; i < count; ++i) {
        auto& result = results[static_cast<std::size_t>(i)];
        const char* const fault = fault_of(result);
        if (fault != nullptr) progress.clear();
        write({{fmt::format("{}[{}]", options_.tensor, first + i), fault == nullptr ? "" : fault},
               std::move(result),
               {},
               {}},
              progress);
      }
      first += count;
      progress.advance(static_cast<std::uint64_t>(count), static_cast<std::uint64_t>(images));
    }
    seconds_ = progress.seconds();
  }

  /// The next input. A folder without images is no failure if an earlier run can have moved them.
  std::optional<Input> next_input() {
    const bool may_be_bare = options_.sorting.moves() && sorted_->is_continued();
    std::optional<Input> input = inputs_->next();
    while (input && input->is_bare_folder && may_be_bare) input = inputs_->next();
    return input;
  }

  void write(const LabelledImage& labelled, Progress& progress) {
    const Input& input = labelled.input;
    if (!input.cause.empty()) {
      report_failure(input);
      results_->add_failure(input);
      return;
    }
    results_->add(input, labelled.result, labelled.preprocessed, labelled.thumbnail);
    // After the row: --resume labels the last row's input again, so its file is sorted then, too.
    if (!sorted_) return;
    const std::string cause = input.archive.empty()
                                  ? sorted_->place(input.path, labelled.result.top.front())
                                  : "stays in its archive";
    if (cause.empty()) return;
    progress.clear();
    say_notice(fmt::format("{}: {}", input.path, cause));
    ++not_sorted_;
  }

  void print_summary() const {
    const PriorRows& prior = results_->prior();
    std::string text = fmt::format("{} labelled", results_->labelled());
    if (const auto failed = results_->failed()) text += fmt::format(", {} failed", failed);
    if (prior.rows > 0) text += fmt::format(", {} done earlier", prior.rows);
    if (prior.failures > 0) text += fmt::format(" ({} of them failed)", prior.failures);
    if (const auto others = inputs_->passed_over()) {
      text += fmt::format(", {} other files skipped", others);
    }
    const double rate = static_cast<double>(results_->labelled()) / std::max(seconds_, 1e-9);
    say(fmt::format("{} in {:.2f} s ({:.1f} images/s) on {}\n", text, seconds_, rate,
                    classifiers_->device_names()));
  }

  /// what: what happened to the run: "interrupted".
  void print_how_to_go_on(const char* what) const {
    if (!results_->has_begun() && !options_.targets.resume) {
      say_that_nothing_was_written(options_, arguments_, what);
      return;
    }
    if (!results_->can_be_resumed() && options_.sorting.is_wanted()) {
      say(fmt::format("gfnet: {} after {} input{}; to sort the others, run the command again\n",
                      what, results_->rows(), results_->rows() == 1 ? "" : "s"));
      return;
    }
    if (!results_->can_be_resumed()) {
      say(
          fmt::format("gfnet: {} after {} input{}; cannot be continued: --resume needs "
                      "PATHs, --output and a format other than table\n",
                      what, results_->rows(), results_->rows() == 1 ? "" : "s"));
      return;
    }
    say(fmt::format("gfnet: {} after {} input{}; to continue{}: {}\n", what, results_->rows(),
                    results_->rows() == 1 ? "" : "s", on_stdin(options_),
                    gfnet::printable(resume_command(arguments_))));
  }

  const ClassifyOptions& options_;
  const std::vector<std::string>& arguments_;
  EndInTime& end_;
  Shard shard_;
  gfnet::Model model_;
  std::int64_t top_k_;  // classes in a row; 0 if the network has no head
  OverwriteGuard guard_;
  std::unique_ptr<HeldList> held_list_;
  std::optional<Inputs> inputs_;
  std::optional<Classifiers> classifiers_;
  std::optional<Results> results_;
  LinkedInputs linked_;
  std::optional<SortedFolders> sorted_;
  std::uint64_t not_sorted_ = 0;
  double seconds_ = 0;
};

}  // namespace

void add_classify(CommandLine& line, const std::vector<std::string>& arguments) {
  Command command = line.add("classify", "Label images");
  auto options = std::make_shared<ClassifyOptions>();
  options->add_to(command);
  command.interruptible_action([options, arguments] {
    if (options->targets.output == kStdout) options->targets.output.clear();
    options->check_usage();
    options->targets.of_images = options->tensor.empty();
    options->targets.moves_inputs = options->sorting.moves();
    EndInTime end([&] { say_that_nothing_was_written(*options, arguments); });
    return ClassifyRun(*options, arguments, end).run();
  });
}

}  // namespace app
