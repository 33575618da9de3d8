#pragma once

#include <gfnet/gfnet.h>

#include <string>

#include "part_file.h"

namespace app {

/// The server cannot be reached or does not send the file. what(): the cause, without the address.
class DownloadError : public gfnet::Error {
 public:
  using Error::Error;
};

/// A signal ended the download (see interrupt.h). The part file stays.
class Interrupted : public gfnet::Error {
 public:
  using Error::Error;
};

/// Whether the command was built with libcurl.
bool can_download();

/// Downloads an http or https address into `part` and shows progress. Continues where an earlier
/// call for the same address stopped, if the server can do that and still has the same file.
/// Otherwise starts again. Throws DownloadError, Interrupted, or gfnet::FormatError if `part`
/// cannot be written. Bytes that have arrived by then stay in `part`.
void download(const std::string& address, PartFile& part);

}  // namespace app
