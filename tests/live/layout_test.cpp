#include "../../apps/live/overlay/layout.h"

#include <doctest/doctest.h>

#include <string>
#include <utility>
#include <vector>

namespace {

using live::Layout;
using live::Rectangle;
using live::View;

bool overlap(const Rectangle& a, const Rectangle& b) {
  return a.x < b.right() && b.x < a.right() && a.y < b.bottom() && b.y < a.bottom();
}

bool is_inside(const Rectangle& r, float width, float height) {
  return r.x >= 0 && r.y >= 0 && r.right() <= width && r.bottom() <= height;
}

bool is_empty(const Rectangle& r) { return r.width == 0 && r.height == 0; }

/// The least height of legible text, in pixels.
constexpr float kLegible = 9;

constexpr std::pair<float, float> kSizes[] = {{640, 360},  {800, 600},   {640, 640},
                                              {1280, 720}, {1024, 768},  {1920, 1080},
                                              {720, 1280}, {2560, 1440}, {3840, 2160}};

TEST_CASE("panels and frame lie within the window, and panels do not overlap each other") {
  for (const auto& [width, height] : kSizes) {
    for (const float scale : {1.0F, 2.0F}) {
      for (const View view : {View::kNone, View::kHeat, View::kSpectrum, View::kFilters}) {
        CAPTURE(width);
        CAPTURE(height);
        CAPTURE(scale);
        CAPTURE(live::name_of(view));
        const float em = live::text_pixels(width * scale, height * scale, scale);
        const Layout layout = live::arrange(width * scale, height * scale, em, view, 5);
        const std::pair<const char*, Rectangle> panels[] = {{"predictions", layout.predictions},
                                                            {"meters", layout.meters},
                                                            {"legend", layout.legend},
                                                            {"view", layout.view}};
        const bool has_panel = view == View::kSpectrum || view == View::kFilters;
        CHECK(is_empty(layout.legend) == (view != View::kHeat));
        CHECK(is_empty(layout.view) != has_panel);
        CHECK(!overlap(layout.image, layout.view));
        CHECK(layout.image.width > 0);
        CHECK(layout.image.height > 0);
        CHECK(is_inside(layout.image, width * scale, height * scale));
        for (const auto& [name, panel] : panels) {
          if (is_empty(panel)) continue;
          CAPTURE(std::string(name));
          CHECK(is_inside(panel, width * scale, height * scale));
          CHECK(panel.width > em);
          CHECK(panel.height > em);
          for (const auto& [other_name, other] : panels) {
            if (other_name == name || is_empty(other)) continue;
            CAPTURE(std::string(other_name));
            CHECK(!overlap(panel, other));
          }
        }
        // Notices have room for some words, and do not reach the meters beside them.
        CHECK(layout.notices.width >= 8 * em);
        if (view == View::kNone) CHECK(layout.notices.x + layout.notices.width <= layout.meters.x);
      }
    }
  }
}

TEST_CASE("the frame fills the window, except beside a spectrum or filters") {
  for (const View view : {View::kNone, View::kHeat}) {
    const Layout layout = live::arrange(1280, 720, 17, view, 5);
    CHECK(layout.image.x == 0);
    CHECK(layout.image.y == 0);
    CHECK(layout.image.width == 1280);
    CHECK(layout.image.height == 720);
  }
}

TEST_CASE("beside a view the frame keeps its room for any number of classes") {
  for (const std::size_t classes : {1, 5, 20}) {
    const Layout layout = live::arrange(1280, 720, 17, View::kFilters, classes);
    CHECK(layout.image.height > 6 * 17);
    CHECK(layout.image.bottom() <= layout.meters.y);
    CHECK(layout.meters.bottom() <= layout.predictions.y);
    CHECK(layout.predictions.right() <= layout.view.x);
  }
}

TEST_CASE("in windows of any size, the frame and the view lie inside and do not overlap") {
  for (const float scale : {1.0F, 2.0F}) {
    for (float width = 1; width < 900; width += 37) {
      for (float height = 1; height < 900; height += 41) {
        const float em = live::text_pixels(width, height, scale);
        CAPTURE(width);
        CAPTURE(height);
        CAPTURE(em);
        CHECK(em >= kLegible);
        for (const View view : {View::kNone, View::kHeat, View::kSpectrum, View::kFilters}) {
          CAPTURE(live::name_of(view));
          const Layout layout = live::arrange(width, height, em, view, 5);
          CHECK(layout.image.width > 0);
          CHECK(layout.image.height > 0);
          CHECK(!overlap(layout.image, layout.view));
          CHECK(layout.view.right() <= width);
          CHECK(layout.view.bottom() <= height);
          // In a smaller window, the margin of one text height leaves no room.
          if (width <= em + 1 || height <= em + 1) continue;
          CHECK(is_inside(layout.image, width, height));
          for (const Rectangle& panel : {layout.predictions, layout.meters}) {
            CHECK(panel.x >= 0);
            CHECK(panel.right() <= width);
          }
        }
      }
    }
  }
}

TEST_CASE("text grows with the window and is legible at every size") {
  CHECK(live::text_pixels(1280, 720, 1) == 17);
  CHECK(live::text_pixels(2560, 1440, 2) == 34);  // the same window at twice the scale
  for (const float scale : {1.0F, 1.5F, 2.0F}) {
    CAPTURE(scale);
    float before = kLegible;
    for (float height = 1; height < 5000; height *= 1.1F) {
      CAPTURE(height);
      const float em = live::text_pixels(height * 16 / 9, height, scale);
      CHECK(em >= before);
      // In a narrow or flat window, the shorter side counts.
      CHECK(live::text_pixels(height * 16 / 9, 10 * height, scale) == em);
      CHECK(live::text_pixels(100 * height, height, scale) == em);
      before = em;
    }
    CHECK(before > 2 * kLegible);
  }
}

}  // namespace
