#include "command_line/options.h"

#include <fmt/format.h>

#include <charconv>
#include <filesystem>
#include <string_view>
#include <system_error>

#include "command_line/command.h"
#include "command_line/usage_error.h"
#include "system/paths.h"
#include "system/program.h"
#include "system/variables.h"
#include "zoo/model_store.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace fs = std::filesystem;

constexpr const char* kBundledModel = "gfnet-cifar10.safetensors";
/// The package of the system that holds this model; "" if this build is for none.
constexpr const char* kModelPackage = GFNET_MODEL_PACKAGE;

/// Path of the bundled model. Looks for the model in $GFNET_DATA, in share/gfnet of the
/// installation, and in weights/ of the source tree. Throws UsageError if none of these folders has
/// the model.
fs::path bundled_model() {
  std::error_code ignored;
  const fs::path directory = program_directory();
  std::vector<fs::path> places;
  if (const auto data = gfnet::system::variable("GFNET_DATA")) {
    places.push_back(path_of(*data));
  }
  places.push_back(directory / ".." / "share" / "gfnet");
  places.push_back(directory / ".." / ".." / ".." / "weights");
  for (const fs::path& place : places) {
    if (fs::exists(place / kBundledModel, ignored))
      return (place / kBundledModel).lexically_normal();
  }
  const std::string package = kModelPackage;
  throw UsageError(fmt::format(
      "the bundled model {} was not found; {}give a checkpoint with --model, or its folder in "
      "GFNET_DATA",
      kBundledModel, package.empty() ? "" : "install the package " + package + ", or "));
}

constexpr std::int64_t kLargestSide = 16384;

/// Parses the height or width of an image, in pixels. Returns nothing unless the text is a number
/// from 1 to kLargestSide.
std::optional<std::int64_t> parse_side(std::string_view text) {
  std::int64_t side = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), side);
  const bool is_number = error == std::errc() && end == text.data() + text.size();
  return is_number && side >= 1 && side <= kLargestSide ? std::optional(side) : std::nullopt;
}

/// Parses the size of an image, height first: "224" or "224x256". Returns nothing if the text is
/// not a size.
std::optional<gfnet::ImageSize> parse_size(std::string_view text) {
  const std::size_t cross = text.find('x');
  const auto height = parse_side(text.substr(0, cross));
  const auto width = cross == std::string_view::npos ? height : parse_side(text.substr(cross + 1));
  if (!height || !width) return std::nullopt;
  return gfnet::ImageSize{*height, *width};
}

/// Path of a zoo model that is bundled or was stored by gfnet pull. Throws UsageError if the
/// bundled model is absent, gfnet::Error if another model is absent or damaged.
fs::path pulled_model(const gfnet::ZooModel& model) {
  if (model.bundled) return bundled_model();
  const std::string command = "gfnet pull " + model.name;
  const fs::path directory = gfnet::zoo_directory();
  const ModelStore store(directory);
  const auto condition = directory.empty() ? ModelStore::Condition::kAbsent
                                           : store.condition(model, /*thorough=*/false);
  if (condition == ModelStore::Condition::kAbsent) {
    throw gfnet::Error(
        fmt::format("{} is not on this machine; {} downloads it", model.name, command));
  }
  if (condition == ModelStore::Condition::kDamaged) {
    throw gfnet::FormatError(
        store.path_of(model),
        fmt::format("has changed since it was pulled; {} downloads it again", command));
  }
  return store.path_of(model);
}

}  // namespace

void add_model_option(Command& command, std::string& model, const std::string& help) {
  command.option("--model,MODEL", model, help).takes(ValueKind::kModel);
}

void check_not_stdout(const std::string& option, const std::string& path) {
  if (path == kStdout) {
    throw UsageError(option + " cannot be written to stdout; a file with the name - is ./-");
  }
}

void add_device_option(Command& command, std::string& device, bool several) {
  device = gfnet::system::variable("GFNET_DEVICE").value_or(device);
  command
      .option(
          "--device", device,
          fmt::format("Index or part of the name (see gfnet devices){}; default: $GFNET_DEVICE, "
                      "else the best GPU, else a software driver",
                      several ? ", several separated by commas to share the work (0,0,1 gives "
                                "0 two thirds), or all"
                              : ""))
      .takes(several ? ValueKind::kDevices : ValueKind::kDevice);
}

void check_single_device(const std::string& command, const std::string& device) {
  if (device == "all" || device.find(',') != std::string::npos) {
    throw UsageError(fmt::format("{} takes one device; '{}' names several", command, device));
  }
}

gfnet::Precision precision_of(const std::string& name) {
  if (name == "fp32") return gfnet::Precision::kFp32;
  if (name == "fp16") return gfnet::Precision::kFp16;
  return gfnet::Precision::kAuto;
}

void add_precision_option(Command& command, std::string& precision) {
  command
      .option("--precision", precision,
              "fp32, fp16 (16-bit storage, and 16-bit products where the device has them), or "
              "auto: fp16 on GPUs that support it, fp32 on software drivers")
      .one_of({"auto", "fp32", "fp16"});
}

gfnet::Tuning tuning_of(const std::string& name) {
  if (name == "never") return gfnet::Tuning::kNever;
  if (name == "always") return gfnet::Tuning::kAlways;
  return gfnet::Tuning::kAuto;
}

void add_tuning_option(Command& command, std::string& tuning) {
  command
      .option("--tune", tuning,
              "Measure kernels on the device and remember the fastest: auto (on GPUs), "
              "always, or never (use fixed rules)")
      .one_of({"auto", "always", "never"});
}

void add_weights_option(Command& command, std::string& weights) {
  command
      .option("--weights", weights,
              "Which network of a checkpoint that holds several: model, ema (the moving average of "
              "the weights), or a name that gfnet info shows. Default: model")
      .suggests({"model", "ema"})
      .type_name("model|ema|NAME");
}

gfnet::Scores scores_of(const std::string& name) {
  return name == "sigmoid" ? gfnet::Scores::kSigmoid : gfnet::Scores::kSoftmax;
}

void add_scores_option(Command& command, std::string& scores) {
  command
      .option("--scores", scores,
              "How probabilities are made of logits: softmax (default), or sigmoid for a head "
              "that was trained for several labels per image")
      .one_of({"softmax", "sigmoid"});
}

void add_size_option(Command& command, std::optional<gfnet::ImageSize>& size) {
  command
      .option(
          "--size", [&size](const std::string& text) { size = parse_size(text); },
          "Resolution to run at, N or HxW pixels; the checkpoint's filters and positions are "
          "interpolated. Default: the checkpoint's own")
      .type_name("N|HxW")
      .check([](const std::string& text) {
        return parse_size(text)
                   ? ""
                   : fmt::format("'{}' is not a size: N or HxW pixels, up to 16384", text);
      });
}

namespace {

fs::path& directory_that_was_set() {
  static fs::path directory;
  return directory;
}

}  // namespace

fs::path program_directory() {
  const fs::path& set = directory_that_was_set();
  return set.empty() ? gfnet::system::own_path().parent_path() : set;
}

void set_program_directory(const fs::path& directory) { directory_that_was_set() = directory; }

void ModelOptions::add_to(Command& command, bool several_devices) {
  command
      .option(
          "--model", model,
          "Checkpoint (.pth or .safetensors), or a name from gfnet models; default: the bundled "
          "model")
      .takes(ValueKind::kModel);
  add_weights_option(command, weights);
  command.option("--labels", labels, "File with one label per line, in class order")
      .takes(ValueKind::kFile);
  add_device_option(command, device, several_devices);
  add_precision_option(command, precision);
  add_tuning_option(command, tuning);
  add_size_option(command, size);
}

void ModelOptions::add_batch_to(Command& command) {
  command.option("--batch", batch, "Images per batch; default: what suits the device")
      .range(std::int64_t{1}, std::int64_t{65535});
}

fs::path model_path(const std::string& model) {
  if (model.empty()) return bundled_model();
  const gfnet::ZooModel* const known = gfnet::find_zoo_model(model);
  return known == nullptr ? path_of(model) : pulled_model(*known);
}

gfnet::Model load_model(const std::string& model, const std::string& weights,
                        const std::optional<gfnet::ImageSize>& size) {
  const gfnet::Model native = gfnet::Model::load(model_path(model), {.weights = weights});
  return size ? native.at(*size) : native;
}

gfnet::Model ModelOptions::load() const {
  gfnet::Model loaded = load_model(model, weights, size);
  if (!labels.empty()) loaded.load_labels(path_of(labels));
  return loaded;
}

gfnet::Model ModelOptions::load_with_head() const {
  gfnet::Model loaded = load();
  if (!loaded.has_head()) {
    throw gfnet::FormatError(loaded.description().path,
                             "has no head (head.weight and head.bias), so it gives no classes; "
                             "gfnet classify --features writes its features");
  }
  return loaded;
}

gfnet::ClassifierOptions ModelOptions::classifier_options(std::int64_t top_k) const {
  gfnet::ClassifierOptions options;
  options.device = device;
  options.precision = precision_of(precision);
  options.tuning = tuning_of(tuning);
  options.top_k = top_k;
  return options;
}

std::string device_name(const gfnet::Classifier& classifier) { return classifier.device().name; }

int report_validation(const std::vector<std::string>& messages) {
  for (const std::string& message : messages) {
    std::fprintf(stderr, "gfnet: validation: %s\n", message.c_str());
  }
  return messages.empty() ? kAllDone : kNoDevice;
}

}  // namespace app
