#include "sources.h"

#include <gfnet/error.h>

#include <cstdint>
#include <limits>
#include <string>
#include <string_view>

#include "system/paths.h"

namespace binding {
namespace {

constexpr Py_ssize_t kChannels = 3;

[[noreturn]] void refuse(std::size_t index, const std::string& cause) {
  throw gfnet::ArgumentError("image " + std::to_string(index) + ": " + cause);
}

std::filesystem::path path_of(nb::handle text) {
  PyObject* encoded = nullptr;
  if (PyUnicode_FSConverter(text.ptr(), &encoded) == 0) throw nb::python_error();
  const nb::bytes bytes = nb::steal<nb::bytes>(encoded);
  return gfnet::system::path_of(std::string_view(bytes.c_str(), bytes.size()));
}

bool is_side(Py_ssize_t pixels) {
  return pixels > 0 &&
         static_cast<std::uint64_t>(pixels) <= std::numeric_limits<std::uint32_t>::max();
}

/// Whether a buffer's elements are of type uint8: "B", with a byte order or none.
bool is_uint8(const Py_buffer& buffer) {
  const std::string_view format = buffer.format == nullptr ? "B" : buffer.format;
  return buffer.itemsize == 1 && format.ends_with('B') && format.size() <= 2;
}

}  // namespace

Sources::Sources(const nb::list& items) {
  const std::size_t count = items.size();
  sources_.reserve(count);
  owners_.reserve(count);
  try {
    for (std::size_t i = 0; i < count; ++i) {
      owners_.emplace_back(items[i]);
      sources_.push_back(source_of(owners_.back(), i));
    }
  } catch (...) {
    for (Py_buffer& buffer : buffers_) PyBuffer_Release(&buffer);
    throw;
  }
}

Sources::~Sources() {
  for (Py_buffer& buffer : buffers_) PyBuffer_Release(&buffer);
}

Source Sources::source_of(nb::handle item, std::size_t index) {
  if (nb::isinstance<nb::str>(item)) return path_of(item);
  if (nb::isinstance<nb::bytes>(item)) {
    const nb::bytes bytes = nb::borrow<nb::bytes>(item);
    return std::span(static_cast<const std::byte*>(bytes.data()), bytes.size());
  }
  return pixels_of(item, index);
}

Source Sources::pixels_of(nb::handle item, std::size_t index) {
  Py_buffer taken = {};
  if (PyObject_GetBuffer(item.ptr(), &taken, PyBUF_RECORDS_RO) != 0) throw nb::python_error();
  const Py_buffer& buffer = buffers_.emplace_back(taken);
  if (buffer.ndim != 3 || buffer.shape[2] != kChannels || !is_uint8(buffer))
    refuse(index, "an array of pixels must be uint8 [height, width, 3]");
  const Py_ssize_t height = buffer.shape[0];
  const Py_ssize_t width = buffer.shape[1];
  if (!is_side(height) || !is_side(width)) refuse(index, "the array has no pixels");
  if (buffer.strides[2] != 1 || buffer.strides[1] != kChannels ||
      buffer.strides[0] < width * kChannels)
    refuse(index, "the pixels of a row must follow one another without gaps");
  return gfnet::ImageView{.data = static_cast<const std::uint8_t*>(buffer.buf),
                          .width = static_cast<std::uint32_t>(width),
                          .height = static_cast<std::uint32_t>(height),
                          .row_stride = static_cast<std::size_t>(buffer.strides[0])};
}

gfnet::Image decode(const Source& source, gfnet::LoadOptions options) {
  options.apply_orientation = true;
  if (const auto* path = std::get_if<std::filesystem::path>(&source))
    return gfnet::load_image(*path, options);
  return gfnet::decode_image(std::get<std::span<const std::byte>>(source), options);
}

}  // namespace binding
