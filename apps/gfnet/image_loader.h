#pragma once

#include <gfnet/gfnet.h>

#include <future>
#include <string>
#include <vector>

namespace app {

/// A picture, or why there is none.
struct LoadedImage {
  gfnet::Image image;
  /// "PATH: CAUSE"; empty if the picture was read.
  std::string failure;
};

/// Reads pictures in order, on all cores, one batch ahead of whoever uses them.
class ImageLoader {
 public:
  /// files must outlive the loader.
  ImageLoader(const std::vector<std::string>& files, std::size_t batch);

  /// The next pictures, at most a batch; none at the end.
  std::vector<LoadedImage> next();

 private:
  void start_next();

  const std::vector<std::string>& files_;
  std::size_t batch_;
  std::size_t started_ = 0;
  std::future<std::vector<LoadedImage>> ahead_;
};

}  // namespace app
