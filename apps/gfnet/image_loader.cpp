#include "image_loader.h"

#include <algorithm>
#include <atomic>
#include <thread>

namespace app {
namespace {

LoadedImage load(const std::string& file) {
  try {
    return {gfnet::load_image(file), ""};
  } catch (const gfnet::FormatError& error) {
    return {{}, error.what()};
  } catch (const std::exception& error) {
    return {{}, file + ": " + error.what()};
  }
}

std::vector<LoadedImage> load_all(const std::string* files, std::size_t count) {
  std::vector<LoadedImage> loaded(count);
  std::atomic<std::size_t> next = 0;
  const auto work = [&] {
    for (std::size_t i = next++; i < count; i = next++) loaded[i] = load(files[i]);
  };
  const std::size_t threads =
      std::min<std::size_t>(count, std::max(1u, std::thread::hardware_concurrency()));
  std::vector<std::jthread> workers;
  for (std::size_t i = 1; i < threads; ++i) workers.emplace_back(work);
  work();
  workers.clear();  // joins
  return loaded;
}

}  // namespace

ImageLoader::ImageLoader(const std::vector<std::string>& files, std::size_t batch)
    : files_(files), batch_(batch) {
  start_next();
}

void ImageLoader::start_next() {
  const std::size_t count = std::min(batch_, files_.size() - started_);
  if (count == 0) return;
  ahead_ = std::async(std::launch::async, load_all, files_.data() + started_, count);
  started_ += count;
}

std::vector<LoadedImage> ImageLoader::next() {
  if (!ahead_.valid()) return {};
  std::vector<LoadedImage> loaded = ahead_.get();
  start_next();
  return loaded;
}

}  // namespace app
