#pragma once

#include <gfnet/image.h>

#include <cstddef>
#include <deque>
#include <filesystem>
#include <span>
#include <string>
#include <variant>
#include <vector>

#include "binding.h"

namespace binding {

/// Where an image comes from: a file, the bytes of a file, or pixels.
using Source = std::variant<std::filesystem::path, std::span<const std::byte>, gfnet::ImageView>;

/// The images that a caller in Python gives. Keeps the Python objects that own bytes and pixels, so
/// it must be made and destroyed by a thread that holds the GIL.
class Sources {
 public:
  /// items: each a str, the path of an image file; bytes, the content of one; or an array of uint8,
  /// [height, width, 3], whose pixels of a row follow one another without gaps. Throws
  /// gfnet::ArgumentError for anything else; the message names the item by its index.
  explicit Sources(const nb::list& items);
  ~Sources();
  Sources(const Sources&) = delete;
  Sources& operator=(const Sources&) = delete;

  std::span<const Source> all() const { return sources_; }

 private:
  Source source_of(nb::handle item, std::size_t index);
  Source pixels_of(nb::handle item, std::size_t index);

  std::vector<Source> sources_;
  std::vector<nb::object> owners_;
  std::deque<Py_buffer> buffers_;
};

/// Decodes a source that is not pixels already. Photographs come out upright, as the command shows
/// them. Throws gfnet::FormatError.
gfnet::Image decode(const Source& source, gfnet::LoadOptions options);

}  // namespace binding
