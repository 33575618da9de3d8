#pragma once

#include <gfnet/gfnet.h>

#include <string>

#include "zoo/part_file.h"

namespace app {

/// The server cannot be reached or does not send the file. what(): the cause, without the address.
class DownloadError : public gfnet::Error {
 public:
  using Error::Error;
};

/// SIGINT or SIGTERM ended the download (see interrupt.h). The part file stays on the disk.
class Interrupted : public gfnet::Error {
 public:
  using Error::Error;
};

/// Whether the command was built with libcurl.
bool can_download();

/// Downloads an http or https address into `part` and shows progress. If an earlier call for the
/// same address stopped early, continues there. This needs a server that supports it and still has
/// the same file; otherwise the download starts again. Throws DownloadError, Interrupted, or
/// gfnet::FormatError if `part` cannot be written. After an error, the bytes that have arrived stay
/// in `part`.
void download(const std::string& address, PartFile& part);

}  // namespace app
