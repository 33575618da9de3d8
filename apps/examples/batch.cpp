// Labels images in batches: batch MODEL IMAGE…
// While the device computes one batch, the host decodes the next.
#include <gfnet/gfnet.h>

#include <algorithm>
#include <cstdio>
#include <deque>
#include <span>
#include <vector>

namespace {

void print(std::span<char* const> paths, const std::vector<gfnet::Classification>& results) {
  for (std::size_t i = 0; i < results.size(); ++i) {
    const gfnet::Prediction& best = results[i].top.front();
    std::printf("%s: %s %.1f %%\n", paths[i], best.label.c_str(), 100 * best.probability);
  }
}

}  // namespace

int main(int argc, char** argv) try {
  if (argc < 3) {
    std::fprintf(stderr, "usage: batch MODEL IMAGE…\n");
    return 2;
  }
  gfnet::Classifier classifier(gfnet::Model::load(argv[1]));
  const std::span<char* const> paths(argv + 2, static_cast<std::size_t>(argc - 2));
  const auto most = static_cast<std::size_t>(classifier.default_batch());

  std::deque<std::span<char* const>> submitted;
  for (std::size_t first = 0; first < paths.size(); first += most) {
    const auto batch = paths.subspan(first, std::min(most, paths.size() - first));
    std::vector<gfnet::Image> images;
    for (const char* path : batch) images.push_back(gfnet::load_image(path));
    classifier.submit(images);  // copies the images and returns
    submitted.push_back(batch);
    if (submitted.size() == 2) {  // collect one, so that one stays on the device
      print(submitted.front(), classifier.collect());
      submitted.pop_front();
    }
  }
  while (!submitted.empty()) {
    print(submitted.front(), classifier.collect());
    submitted.pop_front();
  }
  return 0;
} catch (const gfnet::Error& error) {
  std::fprintf(stderr, "batch: %s\n", error.what());
  return 1;
}
