#include "model/model_metadata.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>
#include <string_view>
#include <utility>

#include "base/log.h"
#include "base/utf8.h"
#include "system/paths.h"

namespace gfnet::model {
namespace {

/// Receives the events of nlohmann::json::sax_parse and knows the depth of each value. Base of the
/// handlers below.
class JsonEvents {
 public:
  using Json = nlohmann::json;

  bool null() { return scalar({}, nullptr); }
  bool boolean(bool) { return scalar({}, nullptr); }
  bool number_integer(std::int64_t value) { return scalar(static_cast<double>(value), nullptr); }
  bool number_unsigned(std::uint64_t value) { return scalar(static_cast<double>(value), nullptr); }
  bool number_float(double value, const std::string&) { return scalar(value, nullptr); }
  bool binary(Json::binary_t&) { return false; }
  bool string(std::string& text) { return scalar({}, &text); }
  bool start_object(std::size_t) { return start(/*is_list=*/false); }
  bool start_array(std::size_t) { return start(/*is_list=*/true); }
  bool end_object() { return end(); }
  bool end_array() { return end(); }
  bool key(std::string& text) {
    if (depth_ == 1) key_ = std::move(text);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 protected:
  ~JsonEvents() = default;
  std::size_t depth() const { return depth_; }
  /// The key of the outermost object that the value is under.
  const std::string& key() const { return key_; }

 private:
  /// Each returns whether to go on. number: of a number. text: of a string.
  virtual bool scalar(std::optional<double> number, std::string* text) = 0;
  /// A list or object begins; depth() does not count it yet.
  virtual bool begin(bool is_list) = 0;

  bool start(bool is_list) {
    const bool go_on = begin(is_list);
    ++depth_;
    return go_on;
  }
  bool end() {
    --depth_;
    return true;
  }

  std::size_t depth_ = 0;
  std::string key_;
};

/// Accepts a list of strings.
class LabelEvents final : public JsonEvents {
 public:
  std::vector<std::string> labels;

 private:
  bool scalar(std::optional<double>, std::string* text) override {
    if (depth() != 1 || text == nullptr) return false;
    labels.push_back(std::move(*text));
    return true;
  }
  bool begin(bool is_list) override { return depth() == 0 && is_list; }
};

/// Collects the numbers and strings of an object, and of the lists in it. Deeper values are
/// skipped.
class ObjectEvents final : public JsonEvents {
 public:
  struct Field {
    std::vector<double> numbers;
    std::string text;
    bool is_list = false;
    /// Whether the field holds something other than one number, one string or a list of numbers.
    bool is_other = false;
  };
  std::map<std::string, Field> fields;

 private:
  bool scalar(std::optional<double> number, std::string* text) override {
    if (depth() == 0) return false;
    Field& field = fields[key()];
    if (number && depth() <= 2 && field.numbers.size() < kMostNumbers) {
      field.numbers.push_back(*number);
    } else if (text != nullptr && depth() == 1) {
      field.text = std::move(*text);
    } else {
      field.is_other = true;
    }
    return true;
  }
  bool begin(bool is_list) override {
    if (depth() == 0) return !is_list;
    Field& field = fields[key()];
    (depth() == 1 && is_list ? field.is_list : field.is_other) = true;
    return true;
  }

  static constexpr std::size_t kMostNumbers = 4096;
};

template <typename Events>
bool parse(const std::string& text, Events& events) {
  return nlohmann::json::sax_parse(text, &events);
}

class MetadataReader {
 public:
  MetadataReader(const checkpoint::Checkpoint& checkpoint, const Config& config)
      : checkpoint_(checkpoint), config_(config) {}

  Metadata read() {
    if (const std::string* const text = find("preprocessing")) read_preprocessing(*text);
    if (const std::string* const text = find("labels")) read_labels(*text);
    return std::move(result_);
  }

 private:
  const std::string* find(const char* key) const {
    const auto found = checkpoint_.metadata().find(key);
    return found == checkpoint_.metadata().end() ? nullptr : &found->second;
  }

  void warn(const std::string& what) const {
    log(LogLevel::kWarning, fmt::format("{}: metadata {}; ignored",
                                        printable(system::text_of(checkpoint_.path())), what));
  }

  void read_labels(const std::string& text) {
    if (config_.classes == 0) return;  // a network without a head has nothing to label
    LabelEvents events;
    if (!parse(text, events)) {
      warn("'labels' is not a JSON list of strings");
    } else if (static_cast<std::int64_t>(events.labels.size()) != config_.classes) {
      warn(fmt::format("'labels' has {} entries for {} classes", events.labels.size(),
                       config_.classes));
    } else {
      result_.labels = std::move(events.labels);
    }
  }

  void read_preprocessing(const std::string& text) {
    ObjectEvents events;
    if (!parse(text, events)) return warn("'preprocessing' is not a JSON object");
    const auto find_field = [&](const char* name) {
      const auto found = events.fields.find(name);
      return found == events.fields.end() ? nullptr : &found->second;
    };
    const std::int64_t side = std::min(config_.image.height, config_.image.width);
    if (const auto* resize = find_field("resize"); resize && resize->text != "bicubic") {
      warn("'preprocessing': resize is not \"bicubic\", the only kind there is");
    }
    if (const auto* size = find_field("size");
        size && (size->is_other || size->is_list || size->numbers.size() != 1 ||
                 size->numbers[0] != static_cast<double>(side))) {
      warn(fmt::format("'preprocessing': size is not {}, the network's image size", side));
    }
    if (const auto* mean = find_field("mean")) {
      result_.mean = channel_values("mean", *mean, [](float m) { return std::isfinite(m); });
    }
    if (const auto* std = find_field("std")) {
      result_.std =
          channel_values("std", *std, [](float s) { return s > 0.0f && std::isfinite(s); });
    }
    if (const auto* ratio = find_field("crop_ratio")) {
      const bool is_number =
          !ratio->is_other && !ratio->is_list && ratio->numbers.size() == 1 && ratio->text.empty();
      if (is_number && ratio->numbers[0] > 0.0 && ratio->numbers[0] <= 1.0) {
        result_.crop_ratio = ratio->numbers[0];
      } else {
        warn("'preprocessing': crop_ratio is not a number in (0, 1]");
      }
    }
  }

  template <typename Valid>
  std::optional<std::vector<float>> channel_values(const char* name,
                                                   const ObjectEvents::Field& field,
                                                   const Valid& valid) const {
    std::vector<float> values(field.numbers.begin(), field.numbers.end());
    const auto channels = static_cast<std::size_t>(config_.input_channels);
    if (field.is_list && !field.is_other && values.size() == channels &&
        std::ranges::all_of(values, valid)) {
      return values;
    }
    warn(fmt::format("'preprocessing': {} is not a list of {} {} numbers, one for each channel",
                     name, channels, std::string_view(name) == "std" ? "positive" : "finite"));
    return std::nullopt;
  }

  const checkpoint::Checkpoint& checkpoint_;
  const Config& config_;
  Metadata result_;
};

}  // namespace

Metadata read_metadata(const checkpoint::Checkpoint& checkpoint, const Config& config) {
  return MetadataReader(checkpoint, config).read();
}

}  // namespace gfnet::model
