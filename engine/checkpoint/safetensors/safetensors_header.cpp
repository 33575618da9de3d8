#include "checkpoint/safetensors/safetensors_header.h"

#include <fmt/format.h>

#include <array>
#include <limits>
#include <nlohmann/json.hpp>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "checkpoint/tensor_layout.h"

namespace gfnet::checkpoint {
namespace {

constexpr std::array<std::pair<std::string_view, DType>, 10> kTypes = {{
    {"F32", DType::kF32},
    {"F16", DType::kF16},
    {"BF16", DType::kBF16},
    {"F64", DType::kF64},
    {"I64", DType::kI64},
    {"I32", DType::kI32},
    {"I16", DType::kI16},
    {"I8", DType::kI8},
    {"U8", DType::kU8},
    {"BOOL", DType::kBool},
}};

constexpr std::string_view kMetadataKey = "__metadata__";

/// Collects the entries of a header. Throws SafetensorsFault unless the header has this structure:
/// { NAME: { "dtype": TYPE, "shape": [N…], "data_offsets": [N, N] }…, "__metadata__": { KEY: TEXT…
/// } }. The values in "__metadata__", and its own value, may also be anything else.
class HeaderHandler {
 public:
  using Json = nlohmann::json;

  SafetensorsHeader header;

  // The events that nlohmann::json::sax_parse calls; each throws SafetensorsFault.
  bool null() { return skipped() || unexpected("null"); }
  bool boolean(bool) { return skipped() || unexpected("a boolean"); }
  bool number_float(double, const std::string&) {
    return skipped() || unexpected("a fraction or too large a number");
  }
  bool binary(Json::binary_t&) { return unexpected("binary data"); }

  bool number_integer(std::int64_t value) {
    if (skipped()) return true;
    if (value < 0) fail(fmt::format("has a negative number ({})", value));
    return number_unsigned(static_cast<std::uint64_t>(value));
  }

  bool number_unsigned(std::uint64_t value) {
    if (skipped()) return true;
    if (value > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())) {
      fail(fmt::format("has a number beyond 63 bits ({})", value));
    }
    if (state_ == State::kShape) {
      if (entry_.shape.size() == kMaxRank) fail("has too many dimensions");
      entry_.shape.push_back(static_cast<std::int64_t>(value));
    } else if (state_ == State::kOffsets) {
      if (offsets_.size() == 2) fail("has more than two data_offsets");
      offsets_.push_back(static_cast<std::int64_t>(value));
    } else {
      unexpected("a number");
    }
    return true;
  }

  bool string(std::string& text) {
    if (state_ == State::kMetadata && depth_ == 0) {
      header.metadata.insert_or_assign(key_, text);
    } else if (skipped()) {
      return true;
    } else if (state_ == State::kTensor && key_ == "dtype") {
      set_type(text);
    } else {
      unexpected("a string");
    }
    return true;
  }

  bool start_object(std::size_t) {
    if (state_ == State::kStart) {
      state_ = State::kTop;
    } else if (state_ == State::kMetadata || depth_ > 0) {
      ++depth_;
    } else if (state_ == State::kTop && key_ == kMetadataKey) {
      state_ = State::kMetadata;
    } else if (state_ == State::kTop) {
      entry_ = {};
      entry_.name = key_;
      if (!names_.insert(key_).second) fail("occurs twice");
      offsets_.clear();
      has_shape_ = false;
      has_offsets_ = false;
      state_ = State::kTensor;
    } else {
      unexpected("an object");
    }
    return true;
  }

  bool key(std::string& text) {
    if (state_ == State::kTensor && text == "dtype" && !entry_.type_name.empty()) {
      fail("has two dtypes");
    }
    if (depth_ == 0) key_ = std::move(text);
    return true;
  }

  bool end_object() {
    if (depth_ > 0) {
      --depth_;
      return true;
    }
    if (state_ == State::kTensor) {
      if (entry_.type_name.empty()) fail("has no dtype");
      if (!has_shape_) fail("has no shape");
      if (offsets_.size() != 2) fail("needs two data_offsets");
      entry_.begin = offsets_[0];
      entry_.end = offsets_[1];
      header.entries.push_back(std::move(entry_));
      entry_ = {};
    }
    state_ = state_ == State::kTop ? State::kEnd : State::kTop;
    return true;
  }

  bool start_array(std::size_t) {
    if (skipped()) {
      ++depth_;
    } else if (state_ == State::kTensor && key_ == "shape") {
      if (std::exchange(has_shape_, true)) fail("has two shapes");
      state_ = State::kShape;
    } else if (state_ == State::kTensor && key_ == "data_offsets") {
      if (std::exchange(has_offsets_, true)) fail("has data_offsets twice");
      state_ = State::kOffsets;
    } else {
      unexpected("a list");
    }
    return true;
  }

  bool end_array() {
    if (depth_ > 0) {
      --depth_;
      return true;
    }
    state_ = State::kTensor;
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const Json::exception&) {
    throw SafetensorsFault{"the header is not valid JSON", "",
                           static_cast<std::int64_t>(position == 0 ? 0 : position - 1)};
  }

 private:
  enum class State { kStart, kTop, kMetadata, kTensor, kShape, kOffsets, kEnd };

  /// Whether the value that comes next belongs to the metadata, or is in place of them.
  bool skipped() const {
    return state_ == State::kMetadata || depth_ > 0 ||
           (state_ == State::kTop && key_ == kMetadataKey);
  }

  void set_type(const std::string& text) {
    if (text.empty()) fail("has no dtype");
    entry_.type_name = text;
    entry_.complex = text == "C64";
    if (entry_.complex) entry_.dtype = DType::kF32;
    for (const auto& [name, dtype] : kTypes) {
      if (text == name) entry_.dtype = dtype;
    }
  }

  [[noreturn]] void fail(const std::string& cause) const {
    throw SafetensorsFault{cause, entry_.name, -1};
  }
  [[noreturn]] bool unexpected(const std::string& what) const {
    if (state_ == State::kStart) fail("the header is not a JSON object");
    fail(fmt::format("the header has {} at '{}'", what, excerpt(key_)));
  }

  State state_ = State::kStart;
  std::string key_;
  /// Depth of lists and objects inside of the metadata.
  std::size_t depth_ = 0;
  SafetensorsHeader::Entry entry_;
  std::vector<std::int64_t> offsets_;
  bool has_shape_ = false;
  bool has_offsets_ = false;
  std::set<std::string> names_;
};

}  // namespace

SafetensorsHeader parse_safetensors_header(std::string_view json) {
  HeaderHandler handler;
  nlohmann::json::sax_parse(json, &handler);
  return std::move(handler.header);
}

}  // namespace gfnet::checkpoint
