// Labels pixels that the program has in memory: own_pixels MODEL IMAGE
// They could come from a camera or from another library. Here they come from a file, are copied to
// blue, green, red and alpha, in rows with a gap, and only the left half of them is classified.
#include <gfnet/gfnet.h>

#include <cstdio>
#include <vector>

int main(int argc, char** argv) try {
  if (argc != 3) {
    std::fprintf(stderr, "usage: own_pixels MODEL IMAGE\n");
    return 2;
  }
  gfnet::Classifier classifier(gfnet::Model::load(argv[1]));
  const gfnet::Image image = gfnet::load_image(argv[2]);

  const std::size_t row_stride = 4 * std::size_t{image.width} + 64;
  std::vector<std::uint8_t> bgra(row_stride * image.height);
  for (std::size_t y = 0; y < image.height; ++y) {
    for (std::size_t x = 0; x < image.width; ++x) {
      const std::uint8_t* const rgb = &image.rgb[3 * (y * image.width + x)];
      std::uint8_t* const pixel = &bgra[y * row_stride + 4 * x];
      pixel[0] = rgb[2];
      pixel[1] = rgb[1];
      pixel[2] = rgb[0];
      pixel[3] = 255;
    }
  }

  // A view copies nothing. A part of an image is a view with the same row stride.
  const gfnet::ImageView whole{bgra.data(), image.width, image.height, row_stride,
                               gfnet::PixelFormat::kBgra};
  gfnet::ImageView left = whole;
  left.width = (image.width + 1) / 2;
  const gfnet::ImageView views[] = {whole, left};
  const char* const names[] = {"whole", "left half"};
  const std::vector<gfnet::Classification> results = classifier.classify(views);
  for (std::size_t i = 0; i < results.size(); ++i) {
    const gfnet::Prediction& best = results[i].top.front();
    std::printf("%s: %s %.1f %%\n", names[i], best.label.c_str(), 100 * best.probability);
  }
  return 0;
} catch (const gfnet::Error& error) {
  std::fprintf(stderr, "own_pixels: %s\n", error.what());
  return 1;
}
