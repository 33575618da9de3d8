#include "../live/live.h"

#include <cstdio>
#include <filesystem>
#include <memory>
#include <utility>

#include "command.h"
#include "folder_walk.h"
#include "interrupt.h"
#include "options.h"

namespace app {
namespace {

struct LiveArguments {
  live::Options options;
  live::HeadlessOptions headless;
  live::WindowOptions window;
  std::vector<std::string> models;
  std::vector<std::string> labels;
  std::string device;
  std::string precision = "auto";
  std::string tuning = "auto";
  std::optional<gfnet::ImageSize> size;
  std::int64_t top = 5;
  bool is_headless = false;
  bool once = false;
  bool loop = false;
};

/// The pictures below a folder; of a picture file itself; null for any other file.
live::PicturePaths pictures_of(const std::string& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) {
    return [walk = std::make_shared<FolderWalk>(path)]() -> std::optional<live::PicturePath> {
      std::optional<Input> input = walk->next();
      if (!input) return std::nullopt;
      return live::PicturePath{std::move(input->path), std::move(input->cause)};
    };
  }
  // A GIF file may move, which FFmpeg knows about.
  if (!bears_picture_name(path) || path.ends_with(".gif")) return nullptr;
  return [left = std::optional(live::PicturePath{path, {}})]() mutable {
    return std::exchange(left, std::nullopt);
  };
}

std::string model_name(const std::string& model) { return model_path(model).stem().string(); }

std::vector<live::ModelChoice> model_choices(const LiveArguments& arguments) {
  if (arguments.labels.size() > std::max<std::size_t>(arguments.models.size(), 1)) {
    throw UsageError("more --labels than models");
  }
  std::vector<std::string> models = arguments.models;
  if (models.empty()) models.emplace_back();
  std::vector<live::ModelChoice> choices;
  for (std::size_t i = 0; i < models.size(); ++i) {
    const std::string labels = i < arguments.labels.size() ? arguments.labels[i] : "";
    choices.push_back({model_name(models[i]), [model = models[i], labels, size = arguments.size] {
                         gfnet::Model loaded = load_model(model, size);
                         if (!labels.empty()) loaded.load_labels(labels);
                         return loaded;
                       }});
  }
  return choices;
}

int run(LiveArguments& arguments) {
  live::Options& options = arguments.options;
  arguments.window.json = arguments.headless.json;
  if (arguments.once && arguments.loop) throw UsageError("--once and --loop exclude each other");
  options.source.pictures = pictures_of;
  options.models = model_choices(arguments);
  options.classifier.device = arguments.device;
  options.classifier.precision = precision_of(arguments.precision);
  options.classifier.tuning = tuning_of(arguments.tuning);
  options.classifier.top_k = arguments.top;
  options.interrupted = interrupted;
  // A stand's video goes on and on; a list of labels ends.
  options.loop = arguments.is_headless ? arguments.loop : !arguments.once;
  const InterruptGuard guard;
  const int status =
      report_validation(arguments.is_headless ? live::run_headless(options, arguments.headless)
                                              : live::run_window(options, arguments.window));
  return interrupted() ? kInterrupted : status;
}

void add_source_options(Command& command, live::SourceRequest& source) {
  command
      .option("--source", source.address,
              "camera (the first), camera:N or camera:NAME; a video file; a folder of pictures; "
              "an address (rtsp://…, tcp://…); test for a test pattern, or lavfi:GRAPH")
      .type_name("SOURCE");
  command.option("--camera-size", source.camera_size, "What to ask of the camera, 1920x1080 say")
      .type_name("WxH");
  command.option("--camera-rate", source.camera_rate, "Pictures a second to ask of the camera");
  command.option("--seconds", source.picture_seconds, "How long each picture of a folder is shown")
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
        return is_size ? "" : "'" + text + "' is no size: WxH, from 64x64";
      });
  command.flag("--full-screen", window.full_screen, "Start on the whole screen");
  command.flag("--mirror", window.mirrored,
               "Start with the picture mirrored, as one looks at oneself");
  command
      .option("--display-rate", window.rate,
              "How often the window is drawn a second; default: as often as the display shows "
              "it, on a software driver 30 times")
      .range(1.0, 1000.0);
  command.option("--font", window.font, "A TrueType file for the text").existing_file();
  command.option("--script", window.script,
                 "A rehearsed demonstration: a file with a command a line (apps/live/script.h "
                 "lists them)");
}

}  // namespace

void add_live(CommandLine& line) {
  Command command = line.add("live", "Label what a camera sees, or a video, as it comes");
  const auto arguments = std::make_shared<LiveArguments>();
  add_source_options(command, arguments->options.source);
  command
      .option("--model", arguments->models,
              "Checkpoint or a name of gfnet models; several can be switched between")
      .one_argument();
  command
      .option("--labels", arguments->labels,
              "File with one label a line, in class order; one a model, in their order")
      .one_argument();
  add_device_option(command, arguments->device);
  add_precision_option(command, arguments->precision);
  add_tuning_option(command, arguments->tuning);
  add_size_option(command, arguments->size);
  command.option("--top", arguments->top, "How many classes to show")
      .range(std::int64_t{1}, std::int64_t{20});
  command.flag("--loop", arguments->loop,
               "Start a file again when it ends; the window does so without");
  command.flag("--once", arguments->once, "In the window: stop at a file's end");
  add_window_options(command, arguments->window);
  command.flag("--headless", arguments->is_headless,
               "Without a window: one line a picture on stdout");
  command
      .option("--frames", arguments->headless.frames, "With --headless: end after so many pictures")
      .range(std::int64_t{1}, std::int64_t{1} << 40);
  command.flag("--json", arguments->headless.json,
               "JSON on stdout, one object a labelled picture, with a window too");
  command.flag("--real-time", arguments->headless.real_time,
               "With --headless: a file goes at its own pace, and pictures are dropped where "
               "the model is slower; otherwise all are labelled");
  command.action([arguments] { return run(*arguments); });
}

}  // namespace app
