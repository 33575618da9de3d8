#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"

namespace gfnet::weights {

/// The JSON header of a safetensors file, with types and signs checked but no offsets.
struct SafetensorsHeader {
  struct Entry {
    std::string name;
    DType dtype = DType::kF32;
    std::vector<std::int64_t> shape;
    /// First byte and the one after the last, counted from the end of the header.
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  /// In the file's order.
  std::vector<Entry> entries;
  std::map<std::string, std::string> metadata;
};

/// What is wrong with a header.
struct SafetensorsFault {
  std::string cause;
  /// Name of the tensor at fault; may be empty.
  std::string tensor;
  /// Bytes into the header, or negative.
  std::int64_t offset = -1;
};

/// Parses json without building a document, so that depth and size stay bounded by what a header
/// may hold. Throws SafetensorsFault.
SafetensorsHeader parse_safetensors_header(std::string_view json);

}  // namespace gfnet::weights
