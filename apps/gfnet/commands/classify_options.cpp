#include "commands/classify_options.h"

#include "command_line/usage_error.h"
#include "output/parquet/parquet_output.h"
#include "terminal/terminal.h"

namespace app {

void ClassifyOptions::add_to(Command& command) {
  command
      .option("PATH", paths,
              "Image files, folders (recursive, each in the order of its names), .tar and .zip "
              "archives, or - to read such paths from stdin")
      .takes(ValueKind::kPath);
  model.add_to(command, /*several_devices=*/true);
  model.add_batch_to(command);
  command.option("--top", top_k, "Number of classes to report (5)")
      .range(std::int64_t{1}, std::int64_t{100000});
  add_scores_option(command, scores);
  command
      .option("--format", targets.format,
              "table (default on a terminal), csv (default elsewhere), jsonl, parquet "
              "(needs --output), or html: a page with small images")
      .one_of({"table", "csv", "jsonl", "parquet", "html"});
  command.option("--output", targets.output, "File for the rows; default, and with -: stdout")
      .takes(ValueKind::kFile);
  command.flag("--resume", targets.resume,
               "Continue an earlier run with the same arguments: skip the inputs that have "
               "rows in --output, append the others");
  command.option("--shard", shard,
                 "K/N: only every Nth input, from the Kth on, so that N runs share the work");
  command
      .option("--link-to", sorting.link_to,
              "Folder for a folder per label with links to the images that have this label")
      .takes(ValueKind::kFolder);
  command
      .option("--move-to", sorting.move_to,
              "The same, but move the images there; never overwrites a file")
      .takes(ValueKind::kFolder);
  command
      .option("--threshold", sorting.threshold,
              "With --link-to and --move-to: images with a lower probability go to the folder "
              "'unsure'")
      .range(0.0, 1.0);
  command
      .option("--tensor", tensor,
              "float32 .npy [N, C, H, W], already normalised, instead of images")
      .takes(ValueKind::kFile);
  command
      .option("--logits", targets.logits,
              "Write the logits: float32 .npy [N, classes], NaN where an input failed")
      .takes(ValueKind::kFile);
  command
      .option("--features", targets.features,
              "Write what enters the head: float32 .npy [N, C], NaN where an input failed")
      .takes(ValueKind::kFile);
  command
      .option("--preprocessed", targets.preprocessed,
              "Write the network's input: float32 .npy [N, C, H, W], NaN where one failed")
      .takes(ValueKind::kFile);
}

void ClassifyOptions::check_usage() const {
  if (paths.empty() == tensor.empty()) {
    throw UsageError(paths.empty() ? "classify: give images, folders, - or --tensor"
                                   : "classify: PATHs and --tensor exclude each other");
  }
  check_not_stdout("--logits", targets.logits);
  check_not_stdout("--features", targets.features);
  check_not_stdout("--preprocessed", targets.preprocessed);
  if (targets.format == "html" && targets.output.empty() && stdout_is_terminal()) {
    throw UsageError("classify: --format html needs an --output file");
  }
  if (targets.format == "parquet") ParquetOutput::check_usage(targets.output);
  sorting.check_usage(paths);
  if (sorting.moves() && !shard.empty()) {
    throw UsageError(
        "classify: --move-to and --shard exclude each other: a run would not find what another has "
        "moved; --link-to works with --shard");
  }
  if (tensor.empty()) return;
  if (sorting.is_wanted()) {
    throw UsageError("classify: --link-to and --move-to need PATHs, not --tensor");
  }
  if (!targets.preprocessed.empty()) {
    throw UsageError("classify: --preprocessed needs PATHs; --tensor is not preprocessed");
  }
  if (targets.resume || !shard.empty()) {
    throw UsageError("classify: --resume and --shard need PATHs, not --tensor");
  }
}

}  // namespace app
