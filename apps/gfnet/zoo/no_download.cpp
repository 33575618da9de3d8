#include <gfnet/error.h>

#include "zoo/download.h"

// Replaces download.cpp in builds without libcurl.
namespace app {

std::string download(const std::string&, PartFile&) {
  throw gfnet::Error("this gfnet was built without libcurl and cannot download");
}

}  // namespace app
