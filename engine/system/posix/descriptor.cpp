#include "system/descriptor.h"

#include <unistd.h>

#include <cerrno>

namespace gfnet::system {

int close_file(int file) { return ::close(file) == 0 ? 0 : errno; }

}  // namespace gfnet::system
