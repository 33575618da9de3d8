#include "overlay/panel.h"

#include <algorithm>
#include <cstring>

#include "display/painters/overlay_painter.h"

namespace live {
namespace {

constexpr int kColourSteps = 48;
constexpr float kMarginX = 0.8F;
constexpr float kMarginY = 0.6F;

ImTextureID view_texture() {
  ImTextureID id{};
  const std::uintptr_t view = kViewTexture;
  std::memcpy(&id, &view, sizeof view);
  return id;
}

ImU32 heat_at(double value) {
  const gfnet::Rgb colour = gfnet::heat_colour(value);
  return IM_COL32(colour[0], colour[1], colour[2], 255);
}

}  // namespace

float em(float count) { return count * ImGui::GetFontSize(); }

ImU32 faded(ImU32 colour, float opacity) {
  const auto alpha =
      static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xFF) * std::clamp(opacity, 0.0F, 1.0F);
  return (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha) << IM_COL32_A_SHIFT);
}

std::string fit_text(const std::string& text, float width) {
  if (ImGui::CalcTextSize(text.c_str()).x <= width) return text;
  std::string cut = text;
  while (!cut.empty()) {
    // Remove whole UTF-8 characters.
    while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80) cut.pop_back();
    if (!cut.empty()) cut.pop_back();
    if (ImGui::CalcTextSize((cut + "…").c_str()).x <= width) break;
  }
  return cut + "…";
}

void text_right(float x, float y, ImU32 colour, const std::string& text) {
  ImGui::GetWindowDrawList()->AddText({x - ImGui::CalcTextSize(text.c_str()).x, y}, colour,
                                      text.c_str());
}

void text_centred(float x, float y, float size, ImU32 colour, const std::string& text,
                  float width) {
  const float share = size / ImGui::GetFontSize();
  const std::string fitting = fit_text(text, width / share);
  const float taken = share * ImGui::CalcTextSize(fitting.c_str()).x;
  ImGui::GetWindowDrawList()->AddText(ImGui::GetFont(), size, {x - 0.5F * taken, y}, colour,
                                      fitting.c_str());
}

Panel::Panel(const char* name, const Rectangle& place, float opacity)
    : is_open_(place.width > em(2 * kMarginX + 1) && place.height > em(2 * kMarginY)),
      inside_{place.x + em(kMarginX), place.y + em(kMarginY), place.width - em(2 * kMarginX),
              place.height - em(2 * kMarginY)} {
  if (!is_open_) return;
  ImGui::SetNextWindowPos({place.x, place.y});
  ImGui::SetNextWindowSize({place.width, place.height});
  ImGui::SetNextWindowBgAlpha(opacity);
  ImGui::Begin(name, nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoNav |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing |
                   ImGuiWindowFlags_NoMove);
}

Panel::~Panel() {
  if (is_open_) ImGui::End();
}

void draw_tile(ImDrawList& list, const ViewImage& image, const Tile& tile, const Rectangle& place) {
  const auto width = static_cast<float>(image.width);
  const auto height = static_cast<float>(image.height);
  // Between the centres of the outermost pixels, so that no neighbouring tile bleeds in.
  list.AddImage(
      view_texture(), {place.x, place.y}, {place.right(), place.bottom()},
      {(static_cast<float>(tile.x) + 0.5F) / width, (static_cast<float>(tile.y) + 0.5F) / height},
      {(static_cast<float>(tile.x + tile.width) - 0.5F) / width,
       (static_cast<float>(tile.y + tile.height) - 0.5F) / height});
}

void draw_colour_scale(ImDrawList& list, const Rectangle& place, const std::string& least,
                       const std::string& most) {
  const float step = place.width / kColourSteps;
  const float bottom = place.y + em(0.7F);
  for (int i = 0; i < kColourSteps; ++i) {
    const float left = place.x + step * static_cast<float>(i);
    const ImU32 from = heat_at(static_cast<double>(i) / kColourSteps);
    const ImU32 to = heat_at(static_cast<double>(i + 1) / kColourSteps);
    list.AddRectFilledMultiColor({left, place.y}, {left + step, bottom}, from, to, to, from);
  }
  const float y = bottom + em(0.1F);
  list.AddText({place.x, y}, kFaint, least.c_str());
  text_right(place.right(), y, kFaint, most);
}

}  // namespace live
