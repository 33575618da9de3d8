#include "job/classifiers.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <utility>

#include "terminal/terminal.h"

namespace app {
namespace {

/// 2⁶⁴ times the fractional part of the golden ratio. Classifiers::of() multiplies an input's
/// number by this constant, modulo 2⁶⁴. The products of consecutive numbers are spread evenly over
/// all 64-bit values. The same is true for the products of every k-th number, for most k. Source:
/// Knuth, The Art of Computer Programming 3, section 6.4.
constexpr std::uint64_t kGoldenRatio = 0x9E3779B97F4A7C15u;

std::string joined(const std::vector<std::string>& items, const std::string& last_separator) {
  std::string text;
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text += i + 1 == items.size() ? last_separator : ", ";
    text += items[i];
  }
  return text;
}

}  // namespace

Classifiers::Classifiers(std::vector<std::uint32_t> devices, Open open,
                         std::vector<std::size_t> shares, std::int64_t batch)
    : devices_(std::move(devices)), open_(std::move(open)), shares_(std::move(shares)) {
  for (const std::uint32_t device : devices_) {
    const gfnet::Classifier& classifier = classifiers_.emplace_back(open_(device));
    classifier.check_batch(1);
    names_.push_back(app::device_name(classifier));
    batches_.push_back(batch > 0 ? classifier.short_batch(batch) : classifier.default_batch());
    if (batch > 0 && batches_.back() < batch) {
      say_notice(
          fmt::format("batches of {} images instead of {} on {}, so that the system does not "
                      "reset it",
                      batches_.back(), batch, names_.back()));
    }
  }
}

void Classifiers::reopen(std::size_t i) {
  std::ranges::move(classifiers_[i].validation_messages(), std::back_inserter(earlier_messages_));
  {
    const gfnet::Classifier lost =
        std::move(classifiers_[i]);  // destroyed first: its memory is then free
  }
  gfnet::Classifier fresh = open_(devices_[i]);
  if (const std::string name = app::device_name(fresh); name != names_[i]) {
    throw gfnet::NoDeviceError(
        fmt::format("{} is gone: device {} is {}", names_[i], devices_[i], name));
  }
  classifiers_[i] = std::move(fresh);
}

std::size_t Classifiers::of(std::uint64_t number) const {
  const std::uint64_t place = (number * kGoldenRatio) >> 32u;  // 0 … 2³² − 1
  return shares_[static_cast<std::size_t>((place * shares_.size()) >> 32u)];
}

std::string Classifiers::device_names() const { return joined(names_, " and "); }

std::string Classifiers::precisions() const {
  std::vector<std::string> names;
  for (const gfnet::Classifier& classifier : classifiers_) {
    const std::string name(gfnet::name_of(classifier.precision()));
    if (std::ranges::find(names, name) == names.end()) names.push_back(name);
  }
  return joined(names, ", ");
}

std::vector<std::string> Classifiers::validation_messages() const {
  std::vector<std::string> all = earlier_messages_;
  for (const gfnet::Classifier& classifier : classifiers_) {
    std::ranges::move(classifier.validation_messages(), std::back_inserter(all));
  }
  return all;
}

Classifiers open_devices(const gfnet::Model& model, const ModelOptions& options,
                         const Wanted& wanted) {
  std::vector<std::uint32_t> devices;
  std::vector<std::size_t> shares;
  for (const gfnet::DeviceDescription& device : gfnet::select_devices(options.device)) {
    auto known = std::ranges::find(devices, device.index);
    if (known == devices.end()) known = devices.insert(known, device.index);
    shares.push_back(static_cast<std::size_t>(known - devices.begin()));
  }
  gfnet::ClassifierOptions chosen = options.classifier_options(wanted.top_k);
  chosen.scores = wanted.scores;
  chosen.features = wanted.features;
  const auto open = [&model, chosen](std::uint32_t device) {
    gfnet::ClassifierOptions with_device = chosen;
    with_device.device = std::to_string(device);
    return gfnet::Classifier(model, with_device);
  };
  return {std::move(devices), open, std::move(shares), options.batch};
}

}  // namespace app
