// Shows where the evidence for the best class is: explain_one MODEL IMAGE OUT.png
#include <gfnet/drawing.h>
#include <gfnet/gfnet.h>

#include <cstdio>

int main(int argc, char** argv) try {
  if (argc != 4) {
    std::fprintf(stderr, "usage: explain_one MODEL IMAGE OUT.png\n");
    return 2;
  }
  const gfnet::Model model = gfnet::Model::load(argv[1]);
  gfnet::ClassifierOptions options;
  options.top_k = 1;
  options.explain.class_maps = true;
  gfnet::Classifier classifier(model, options);
  const gfnet::Image image = gfnet::load_image(argv[2]);
  const gfnet::Classification result = classifier.classify({&image, 1}).front();

  const gfnet::Prediction& best = result.top.front();
  const gfnet::ClassMap& map = result.class_maps.front();
  std::printf("%s %.1f %%, map of %lld×%lld tokens\n", best.label.c_str(), 100 * best.probability,
              static_cast<long long>(map.height), static_cast<long long>(map.width));
  gfnet::save_png(argv[3], gfnet::heat_overlay(image, model.description(), map));
  return 0;
} catch (const gfnet::Error& error) {
  std::fprintf(stderr, "explain_one: %s\n", error.what());
  return 1;
}
