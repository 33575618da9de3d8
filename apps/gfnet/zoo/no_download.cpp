#include "zoo/download.h"

// Replaces download.cpp in builds without libcurl.
namespace app {

bool can_download() { return false; }

void download(const std::string&, PartFile&) {
  throw DownloadError("this gfnet was built without libcurl and cannot download");
}

}  // namespace app
