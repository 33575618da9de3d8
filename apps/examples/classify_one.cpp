// Classifies one image with a GFNet checkpoint: classify_one MODEL IMAGE
#include <gfnet/gfnet.h>

#include <cstdio>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: classify_one MODEL IMAGE\n");
    return 2;
  }
  const gfnet::Model model = gfnet::Model::load(argv[1]);
  gfnet::Classifier classifier(model);
  const gfnet::Image image = gfnet::load_image(argv[2]);
  const gfnet::Classification result = classifier.classify({&image, 1}).front();
  for (const gfnet::Prediction& prediction : result.top) {
    std::printf("%-12s %5.1f %%\n", prediction.label.c_str(), 100 * prediction.probability);
  }
  return 0;
} catch (const gfnet::Error& error) {
  std::fprintf(stderr, "classify_one: %s\n", error.what());
  return 1;
}
