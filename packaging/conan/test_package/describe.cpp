// Reads a checkpoint and says how many parameters its network has: describe MODEL
#include <gfnet/gfnet.h>

#include <cstdio>

int main(int argc, char** argv) try {
  if (argc != 2) {
    std::fprintf(stderr, "usage: describe MODEL\n");
    return 2;
  }
  const gfnet::Model model = gfnet::Model::load(argv[1]);
  std::printf("%lld parameters, class 3 is %s\n",
              static_cast<long long>(model.description().parameters), model.label_of(3).c_str());
  return 0;
} catch (const gfnet::Error& error) {
  std::fprintf(stderr, "describe: %s\n", error.what());
  return 1;
}
