#include "inputs/held_list.h"

#include <gfnet/error.h>

#include <cerrno>
#include <cstddef>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <span>
#include <vector>

#include "system/file.h"
#include "system/paths.h"
#include "system/unique_file.h"
#include "terminal/interrupt.h"

namespace app {

using gfnet::system::path_of;

HeldList::HeldList(int stream, const std::string& name) {
  std::error_code error;
  const auto folder = std::filesystem::temp_directory_path(error);
  file_.reset(gfnet::system::make_passing_file((error ? "/tmp" : folder) / "gfnet-paths-", path_));
  if (file_.get() < 0) fail(errno);
  copy(stream, name);
  rewind();
}

void HeldList::rewind() {
  if (gfnet::system::seek_file(file_.get(), 0, SEEK_SET) < 0) fail(errno);
}

void HeldList::copy(int stream, const std::string& name) {
  std::vector<std::byte> piece(std::size_t{1} << 16);
  while (wait_for_input(stream)) {
    const std::ptrdiff_t count = gfnet::system::read_file(stream, piece);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) {
      throw gfnet::FormatError(path_of(name),
                               std::string("cannot be read: ") + std::strerror(errno));
    }
    if (count == 0) return;
    const std::span bytes(piece.data(), static_cast<std::size_t>(count));
    if (const int error = gfnet::system::write_all(file_.get(), bytes)) fail(error);
  }
}

void HeldList::fail(int error) const {
  throw gfnet::FormatError(path_, std::string("cannot be written: ") + std::strerror(error));
}

}  // namespace app
