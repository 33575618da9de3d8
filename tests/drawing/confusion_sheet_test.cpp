// Drawings of confusion matrices.
#include <doctest/doctest.h>

#include <array>
#include <string>
#include <vector>

#include "gfnet/drawing.h"
#include "gfnet/error.h"
#include "support/random.h"

using namespace gfnet;

namespace {

std::vector<std::string> labels(std::size_t classes) {
  std::vector<std::string> all;
  for (std::size_t i = 0; i < classes; ++i) all.push_back("class " + std::to_string(i));
  return all;
}

/// Number of pixels whose blue is above their red by more than `margin`, and the other way round.
struct Tinted {
  std::size_t blue = 0;
  std::size_t red = 0;

  friend bool operator==(const Tinted&, const Tinted&) = default;
};

Tinted tinted(const Image& image) {
  constexpr int kMargin = 16;
  Tinted found;
  for (std::size_t i = 0; i < image.rgb.size(); i += 3) {
    const int excess = int{image.rgb[i + 2]} - int{image.rgb[i]};
    if (excess > kMargin) ++found.blue;
    if (excess < -kMargin) ++found.red;
  }
  return found;
}

}  // namespace

TEST_CASE(
    "a confusion matrix: what is right is blue, what is wrong red, for every number of classes") {
  for (const std::size_t classes : {1u, 2u, 10u, 29u, 30u, 100u, 1000u, 4096u}) {
    CAPTURE(classes);
    const auto names = labels(classes);
    const Tinted none = tinted(confusion_sheet({}, names));
    CHECK(none == Tinted{});
    const auto last = static_cast<std::int64_t>(classes) - 1;
    const ConfusionCell right{last, last, 3};
    const Tinted of_right = tinted(confusion_sheet({&right, 1}, names));
    CHECK(of_right.blue > 0);
    CHECK(of_right.red == 0);
    if (classes == 1) continue;
    const ConfusionCell wrong{last, 0, 1};
    const Tinted of_wrong = tinted(confusion_sheet({&wrong, 1}, names));
    CHECK(of_wrong.blue == 0);
    CHECK(of_wrong.red > 0);
    // A single wrong image of a thousand is seen.
    const std::array<ConfusionCell, 2> rare{{{last, 0, 1}, {last, last, 999}}};
    CHECK(tinted(confusion_sheet(rare, names)).red > 0);
  }
}

TEST_CASE("a confusion matrix: labels that cannot be drawn have the number of their class") {
  // Tangut letters, in no usual font: without numbers, both labels would look alike.
  const std::string first = "\xF0\x97\x80\x80";
  const std::string second = "\xF0\x97\x80\x81";
  const std::array<ConfusionCell, 1> cell{{{0, 1, 1}}};
  const std::vector<std::string> one{first, second};
  const std::vector<std::string> other{second, first};
  CHECK(confusion_sheet(cell, one).rgb == confusion_sheet(cell, other).rgb);
  const std::vector<std::string> plain{"0 ?", "1 ?"};
  CHECK(confusion_sheet(cell, one).rgb == confusion_sheet(cell, plain).rgb);
}

TEST_CASE("a confusion matrix: hostile labels and counts draw, wrong classes are refused") {
  const std::vector<std::string> odd{"", std::string(10000, 'x'), "\xff\x01\n", "Käse"};
  const std::array<ConfusionCell, 3> cells{
      {{0, 1, 18446744073709551615u}, {1, 1, 0}, {3, 2, 1234567890}}};
  const Image sheet = confusion_sheet(cells, odd);
  CHECK(sheet.width < 1500);
  CHECK(sheet.height < 1500);
  const auto refuses = [](const ConfusionCell& cell, std::size_t classes) {
    CHECK_THROWS_AS(confusion_sheet({&cell, 1}, labels(classes)), ArgumentError);
  };
  refuses({0, 0, 1}, 0);
  refuses({0, 0, 1}, 4097);
  refuses({-1, 0, 1}, 3);
  refuses({0, 3, 1}, 3);
}
