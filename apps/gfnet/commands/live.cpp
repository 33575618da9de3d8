#include "session/live.h"

#include <fmt/format.h>
#include <gfnet/text.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "command_line/command.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "inputs/folder_walk.h"
#include "inputs/overwrite.h"
#include "session/script.h"
#include "system/paths.h"
#include "terminal/end_in_time.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::path_of;
using gfnet::system::text_of;

struct LiveArguments {
  live::Options options;
  live::HeadlessOptions headless;
  live::WindowOptions window;
  std::vector<std::string> models;
  std::vector<std::string> labels;
  std::string device;
  std::string precision = "auto";
  std::string tuning = "auto";
  std::string weights;
  std::optional<gfnet::ImageSize> size;
  std::int64_t top = 5;
  bool is_headless = false;
  bool once = false;
  bool loop = false;
};

/// If `path` is a folder, returns a function that lists the images below the folder. If `path` is
/// an image file, returns a function that lists only this file. Returns null for all other paths
/// and for GIF files.
live::ImagePaths images_of(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path_of(path), ignored)) {
    return [walk = std::make_shared<FolderWalk>(path)]() -> std::optional<live::ImagePath> {
      std::optional<Input> input = walk->next();
      if (!input) return std::nullopt;
      return live::ImagePath{std::move(input->path), std::move(input->cause)};
    };
  }
  // A GIF file may be animated: FFmpeg reads it.
  const bool is_gif = gfnet::lower_case(text_of(path_of(path).extension())) == ".gif";
  if (is_gif || !bears_image_name(path_of(path))) return nullptr;
  return [left = std::optional(live::ImagePath{path, {}})]() mutable {
    return std::exchange(left, std::nullopt);
  };
}

std::string model_name(const std::string& model) { return text_of(model_path(model).stem()); }

std::vector<live::ModelChoice> model_choices(const LiveArguments& arguments) {
  if (arguments.labels.size() > std::max<std::size_t>(arguments.models.size(), 1)) {
    throw UsageError("more --labels than models");
  }
  std::vector<std::string> models = arguments.models;
  if (models.empty()) models.emplace_back();
  std::vector<live::ModelChoice> choices;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string labels = i < arguments.labels.size() ? arguments.labels[i] : "";
    choices.push_back({model_name(models[i]), [model = models[i], labels, &arguments] {
                         gfnet::Model loaded = load_model(model, arguments.weights, arguments.size);
                         if (!labels.empty()) loaded.load_labels(path_of(labels));
                         return loaded;
                       }});
  }
  return choices;
}

/// Throws UsageError if stdout, or a screenshot command in the --script file, would overwrite a
/// file that the run reads.
void check_outputs(const LiveArguments& arguments) {
  std::vector<std::string> read{arguments.window.script, arguments.window.font};
  if (arguments.models.empty()) read.push_back(text_of(model_path("")));
  for (const std::string& model : arguments.models) read.push_back(text_of(model_path(model)));
  read.insert(read.end(), arguments.labels.begin(), arguments.labels.end());
  const std::string& source = arguments.options.source.address;
  std::error_code ignored;
  const bool is_there = std::filesystem::exists(path_of(source), ignored);
  const auto check = [&](const std::vector<std::string>& outputs) {
    const OverwriteGuard guard(outputs, read);
    if (is_there) guard.check_inputs({source}, outputs);
  };
  check({});  // stdout alone
  if (arguments.window.script.empty()) return;
  for (const live::ScriptCommand& command : live::read_script(arguments.window.script)) {
    if (command.name == "screenshot") check(command.arguments);
  }
}

int run(LiveArguments& arguments) {
  live::Options& options = arguments.options;
  arguments.window.json = arguments.headless.json;
  if (arguments.once && arguments.loop) throw UsageError("--once and --loop exclude each other");
  check_single_device("live", arguments.device);
  if (arguments.is_headless && !arguments.window.script.empty()) {
    throw UsageError("--script drives the window; it cannot be used with --headless");
  }
  check_outputs(arguments);
  options.source.images = images_of;
  options.models = model_choices(arguments);
  options.classifier.device = arguments.device;
  options.classifier.precision = precision_of(arguments.precision);
  options.classifier.tuning = tuning_of(arguments.tuning);
  options.classifier.top_k = arguments.top;
  options.interrupted = interrupted;
  // In a window a video repeats by default, for demos at a stand. Headless, it runs once.
  options.loop = arguments.is_headless ? arguments.loop : !arguments.once;
  const EndInTime end([] { say_notice("interrupted"); });
  const int status =
      report_validation(arguments.is_headless ? live::run_headless(options, arguments.headless)
                                              : live::run_window(options, arguments.window));
  return interrupted() ? kInterrupted : status;
}

void add_source_options(Command& command, live::SourceRequest& source) {
  command
      .option("--source", source.address,
              "camera (the first one), camera:N or camera:NAME; a video file; a folder of images; "
              "an address (rtsp://…, tcp://…); test (a test pattern); or lavfi:GRAPH")
      .takes(ValueKind::kPath)
      .suggests({"camera", "test"})
      .type_name("SOURCE");
  command.option("--camera-size", source.camera_size, "Frame size to request, such as 1920x1080")
      .type_name("WxH");
  command.option("--camera-rate", source.camera_rate, "Frames per second to request");
  command.option("--seconds", source.image_seconds, "Seconds to show each image of a folder for")
      .range(0.01, 3600.0);
}

void add_window_options(Command& command, live::WindowOptions& window) {
  command
      .option(
          "--window",
          [&window](const std::string& text) {
            std::sscanf(text.c_str(), "%dx%d", &window.width, &window.height);
          },
          "Size of the window; default: 1280x720")
      .type_name("WxH")
      .check([](const std::string& text) {
        int width = 0;
        int height = 0;
        char more = 0;
        const bool is_size = std::sscanf(text.c_str(), "%dx%d%c", &width, &height, &more) == 2 &&
                             width >= 64 && height >= 64 && width <= 16384 && height <= 16384;
        return is_size ? "" : fmt::format("'{}' is not a size: WxH, at least 64x64", text);
      });
  command.flag("--full-screen", window.full_screen, "Start on the whole screen");
  command.flag("--mirror", window.mirrored,
               "Start with the frames flipped left to right, as in a mirror");
  command
      .option("--display-rate", window.rate,
              "How often to draw the window per second; default: the display's rate, or 30 on "
              "a software driver")
      .range(1.0, 1000.0);
  command.option("--font", window.font, "TrueType font file for the text")
      .takes(ValueKind::kFile)
      .existing_file();
  command
      .option("--script", window.script,
              "Play a scripted demonstration: a file with one command per line "
              "(docs/live.md lists them)")
      .takes(ValueKind::kFile);
}

}  // namespace

void add_live(CommandLine& line) {
  Command command = line.add("live", "Label the frames of a camera or a video as they come");
  const auto arguments = std::make_shared<LiveArguments>();
  add_source_options(command, arguments->options.source);
  command
      .option("--model", arguments->models,
              "Checkpoint, or a name from gfnet models; repeat it to switch between several")
      .takes(ValueKind::kModel)
      .one_argument();
  add_weights_option(command, arguments->weights);
  command
      .option("--labels", arguments->labels,
              "File with one label per line, in class order; one file per --model, in order")
      .takes(ValueKind::kFile)
      .one_argument();
  add_device_option(command, arguments->device);
  add_precision_option(command, arguments->precision);
  add_tuning_option(command, arguments->tuning);
  add_size_option(command, arguments->size);
  command.option("--top", arguments->top, "Number of classes to show")
      .range(std::int64_t{1}, std::int64_t{20});
  command.flag("--loop", arguments->loop, "Start a file again when it ends; default in the window");
  command.flag("--once", arguments->once, "In the window: stop at the end of a file");
  add_window_options(command, arguments->window);
  command.flag("--headless", arguments->is_headless,
               "No window: one line per labelled frame on stdout");
  command
      .option("--frames", arguments->headless.frames,
              "With --headless: end after this many labelled frames")
      .range(std::int64_t{1}, std::int64_t{1} << 40);
  command.flag("--json", arguments->headless.json,
               "JSON on stdout, one object per labelled frame; also with a window");
  command.flag("--real-time", arguments->headless.real_time,
               "With --headless: play a file at its own rate and drop frames if the model is "
               "slower; default: label all frames");
  command.interruptible_action([arguments] { return run(*arguments); });
}

}  // namespace app
