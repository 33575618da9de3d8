#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/dtype.h"

namespace gfnet::checkpoint {

/// The JSON header of a safetensors file. parse_safetensors_header() has checked the types of the
/// values and that no number is negative. It has not checked that the offsets lie in the file.
struct SafetensorsHeader {
  struct Entry {
    std::string name;
    /// The element type as the header names it: "F32". dtype: the type of the elements, or of the
    /// two parts of each if the elements are complex; empty if the engine does not support it.
    std::string type_name;
    std::optional<DType> dtype;
    bool complex = false;
    std::vector<std::int64_t> shape;
    /// The tensor's bytes are bytes [begin, end) after the end of the header.
    std::int64_t begin = 0;
    std::int64_t end = 0;
  };
  /// One entry for each tensor, in the file's order.
  std::vector<Entry> entries;
  /// The texts under `__metadata__`. Other values there are skipped, because nothing in the
  /// metadata may keep a file from being read.
  std::map<std::string, std::string> metadata;
};

/// An error in a header: what parse_safetensors_header() throws. cause: text for the message.
struct SafetensorsFault {
  std::string cause;
  /// Name of the tensor concerned; may be empty.
  std::string tensor;
  /// Byte offset in the header; negative if unknown.
  std::int64_t offset = -1;
};

/// Parses a header event by event, without building a JSON document. A hostile header therefore
/// cannot cause deep recursion, and memory is needed only for the header's entries. Throws
/// SafetensorsFault.
SafetensorsHeader parse_safetensors_header(std::string_view json);

}  // namespace gfnet::checkpoint
