#pragma once

#include <gfnet/gfnet.h>

#include <string>

#include "part_file.h"

namespace app {

/// A server that cannot be reached, or does not give the file. what(): the cause, without the
/// address.
class DownloadError : public gfnet::Error {
 public:
  using Error::Error;
};

/// Ended by a signal (see interrupt.h); the part stays.
class Interrupted : public gfnet::Error {
 public:
  using Error::Error;
};

/// Whether the command was built with libcurl.
bool can_download();

/// Fetches an http or https address into part, from where an earlier call for the same address
/// stopped if the server can do that and still has the same file; else from the start. Shows how
/// far it has come. Throws DownloadError, Interrupted, or gfnet::FormatError if part cannot be
/// written; what has come by then stays in part.
void download(const std::string& address, PartFile& part);

}  // namespace app
