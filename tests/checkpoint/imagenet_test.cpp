#include "checkpoint/imagenet.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

using gfnet::checkpoint::imagenet_classes;

TEST_CASE("ImageNet's classes are 1000 synsets in order, each with words") {
  const auto& classes = imagenet_classes();
  REQUIRE(classes.synsets.size() == 1000);
  REQUIRE(classes.labels.size() == 1000);
  CHECK(std::ranges::is_sorted(classes.synsets));
  CHECK(std::set(classes.synsets.begin(), classes.synsets.end()).size() == 1000);
  for (std::size_t i = 0; i < 1000; ++i) {
    CHECK(classes.synsets[i].size() == 9);
    CHECK(classes.labels[i].find_first_of("\t\r\n_") == std::string::npos);
    // The short label is the label up to the first comma, some with a kind in parentheses.
    const std::string first = classes.labels[i].substr(0, classes.labels[i].find(','));
    CHECK(classes.short_labels[i].substr(0, classes.short_labels[i].find(" (")) == first);
  }
  CHECK(classes.synsets[207] == "n02099601");
  CHECK(classes.labels[207] == "golden retriever");
  CHECK(classes.labels[0] == "tench, Tinca tinca");
}

TEST_CASE("no two of ImageNet's classes have the same short label") {
  const auto& labels = imagenet_classes().short_labels;
  CHECK(std::set(labels.begin(), labels.end()).size() == 1000);
  CHECK(labels[134] == "crane (wading bird)");
  CHECK(labels[517] == "crane (lifting device)");
}
