#pragma once

#include <sys/stat.h>

namespace gfnet::system {

// The times of a file under the names that they have in Apple's struct stat and in that of POSIX.
#ifdef __APPLE__
inline timespec read_time(const struct stat& status) { return status.st_atimespec; }
inline timespec write_time(const struct stat& status) { return status.st_mtimespec; }
#else
inline timespec read_time(const struct stat& status) { return status.st_atim; }
inline timespec write_time(const struct stat& status) { return status.st_mtim; }
#endif

}  // namespace gfnet::system
