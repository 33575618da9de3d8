#include "system/descriptor.h"

#include <io.h>

#include <cerrno>

namespace gfnet::system {

int close_file(int file) { return ::_close(file) == 0 ? 0 : errno; }

}  // namespace gfnet::system
