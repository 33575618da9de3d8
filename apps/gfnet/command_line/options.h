#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "command_line/command_line.h"

namespace app {

/// The folder that contains this program's executable, or the one that was set.
std::filesystem::path program_directory();
/// For a command that is no executable of its own. Must be called before other threads exist.
void set_program_directory(const std::filesystem::path& directory);

/// Options for a model and the device that runs it.
struct ModelOptions {
  std::string model;
  std::string labels;
  std::string device;
  std::string precision = "auto";
  std::string tuning = "auto";
  std::string weights;
  std::optional<gfnet::ImageSize> size;
  std::int64_t batch = 0;

  /// Adds --model, --weights, --labels, --device, --precision, --tune and --size. several_devices:
  /// whether
  /// --device accepts a list of devices.
  void add_to(Command& command, bool several_devices = false);
  /// Adds --batch. If --batch is not given, the member `batch` stays 0, and each device uses its
  /// default batch size.
  void add_batch_to(Command& command);
  /// Loads the model: for images of --size, if given, and with the labels of --labels, if given.
  /// Throws gfnet::FormatError, gfnet::ArgumentError or UsageError.
  gfnet::Model load() const;
  /// As load(), for commands that need classes. Also throws gfnet::FormatError if the model has no
  /// head.
  gfnet::Model load_with_head() const;
  gfnet::ClassifierOptions classifier_options(std::int64_t top_k) const;
};

/// Adds the checkpoint of a command about one model, as the positional MODEL or as --model.
void add_model_option(Command& command, std::string& model, const std::string& help);

/// What stands for stdout in the place of an output file. A file of this name is written as ./-.
constexpr const char* kStdout = "-";
/// Throws UsageError if `path` is kStdout: the option needs a file or a folder. option: its name,
/// for the message.
void check_not_stdout(const std::string& option, const std::string& path);

/// Adds --device, which sets `device`. If $GFNET_DEVICE is set, the value of this variable is the
/// default. several: whether the command accepts a list of devices.
void add_device_option(Command& command, std::string& device, bool several = false);

/// Throws UsageError if `device` names several devices. command: name of the command, for the
/// message.
void check_single_device(const std::string& command, const std::string& device);

void add_precision_option(Command& command, std::string& precision);
/// Converts a value of --precision. name: "auto", "fp32" or "fp16".
gfnet::Precision precision_of(const std::string& name);

void add_tuning_option(Command& command, std::string& tuning);
/// Converts a value of --tune. name: "auto", "always" or "never".
gfnet::Tuning tuning_of(const std::string& name);

/// Adds --weights: which network of a checkpoint to load (gfnet::ModelLoadOptions::weights).
void add_weights_option(Command& command, std::string& weights);

/// Adds --scores: softmax or sigmoid.
void add_scores_option(Command& command, std::string& scores);
/// Converts a value of --scores. name: "softmax", "sigmoid" or, for the default, "".
gfnet::Scores scores_of(const std::string& name);

/// Adds --size: N or HxW, in pixels.
void add_size_option(Command& command, std::optional<gfnet::ImageSize>& size);

/// Returns the path of a model's file. model: the name of a zoo model, a path, or "" for the
/// bundled model. If a zoo model and a file have the same name, the name means the zoo model, and
/// ./NAME means the file. Throws UsageError if the bundled model is not found. Throws gfnet::Error
/// if the zoo model has not been pulled, or if its file has changed since it was pulled.
std::filesystem::path model_path(const std::string& model);
/// Loads the model at model_path(model), for images of `size` if given. weights: see
/// gfnet::ModelLoadOptions. Throws as model_path() does, and gfnet::FormatError or
/// gfnet::ArgumentError.
gfnet::Model load_model(const std::string& model, const std::string& weights,
                        const std::optional<gfnet::ImageSize>& size);

/// Name of the classifier's device, for a message: "llvmpipe (LLVM 15.0.6, 256 bits)".
std::string device_name(const gfnet::Classifier& classifier);

/// Writes messages of the Vulkan validation layer, which GFNET_VALIDATION=1 turns on, to stderr.
/// Any message counts as a failure: returns kNoDevice if there are any, else 0.
int report_validation(const std::vector<std::string>& messages);

}  // namespace app
