#include <io.h>

#include <cerrno>

#include "system/file_sync.h"

namespace gfnet::system {

int sync_file(int file) { return ::_commit(file) == 0 ? 0 : errno; }

int sync_bytes(int file) { return sync_file(file); }

}  // namespace gfnet::system
