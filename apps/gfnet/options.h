#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "command_line.h"

namespace app {

/// Where this program lies.
std::filesystem::path program_directory();

/// Which model on which device: what every command that runs something takes.
struct ModelOptions {
  std::string model;
  std::string labels;
  std::string device;
  std::string precision = "auto";
  std::string tuning = "auto";
  std::optional<gfnet::ImageSize> size;
  std::int64_t batch = 0;

  /// Adds --model, --labels, --device, --precision, --tune and --size.
  void add_to(Command& command);
  /// Adds --batch.
  void add_batch_to(Command& command);
  /// The model at --size, with the labels of --labels if given. Throws gfnet::FormatError,
  /// gfnet::ArgumentError or UsageError.
  gfnet::Model load() const;
  gfnet::ClassifierOptions classifier_options(std::int64_t top_k) const;
};

/// --device, which $GFNET_DEVICE stands in for. several: the command takes a list.
void add_device_option(Command& command, std::string& device, bool several = false);

void add_precision_option(Command& command, std::string& precision);
/// "auto", "fp32" or "fp16".
gfnet::Precision precision_of(const std::string& name);

void add_tuning_option(Command& command, std::string& tuning);
/// "auto", "always" or "never".
gfnet::Tuning tuning_of(const std::string& name);

/// --size N or HxW, in pixels.
void add_size_option(Command& command, std::optional<gfnet::ImageSize>& size);

/// Where a model lies: one of the zoo by its name, another by its path (./NAME for a file that
/// bears a zoo name), without either the one that came with the command. Throws UsageError, or
/// gfnet::Error if it has not been pulled or has changed since.
std::filesystem::path model_path(const std::string& model);
/// The model at model_path(model), at the size if one is given. Throws besides
/// gfnet::FormatError or gfnet::ArgumentError.
gfnet::Model load_model(const std::string& model, const std::optional<gfnet::ImageSize>& size);

/// The device's name for a message: "llvmpipe (LLVM 15.0.6, 256 bits)".
std::string device_name(const gfnet::Classifier& classifier);

/// Writes what the validation layer said to stderr. Returns kNoDevice if it said anything, else 0:
/// with GFNET_VALIDATION=1 a message is a failure.
int report_validation(const std::vector<std::string>& messages);

}  // namespace app
