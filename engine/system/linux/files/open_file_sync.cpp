#include <unistd.h>

#include <cerrno>

#include "system/file_sync.h"

namespace gfnet::system {

int sync_file(int file) { return ::fsync(file) == 0 ? 0 : errno; }

int sync_bytes(int file) { return ::fdatasync(file) == 0 ? 0 : errno; }

}  // namespace gfnet::system
