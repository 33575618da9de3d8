#include "overlay/overlay.h"

#include <fmt/format.h>
#include <imgui.h>

#include <algorithm>
#include <array>
#include <utility>
#include <variant>

#include "overlay/font_file.h"
#include "overlay/panel.h"
#include "overlay/view_panel.h"

namespace live {
namespace {

constexpr std::array<std::pair<const char*, const char*>, 10> kKeyHelp{{
    {"Space", "pause"},
    {"M", "next model"},
    {"P", "precision: fp32, fp16"},
    {"X", "mirror"},
    {"V", "view: heat map, spectrum, filters"},
    {"↑ ↓, + −", "layer of the view"},
    {"S", "screenshot"},
    {"F, F11", "full screen"},
    {"H, F1", "this help"},
    {"Q, Esc", "quit"},
}};

}  // namespace

Overlay::Overlay(const std::string& font) : font_(read_font(font)) {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  ImGui::StyleColorsDark();
}

Overlay::~Overlay() { ImGui::DestroyContext(); }

void Overlay::load_glyphs(float pixels) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  // Latin with its extensions, Greek, Cyrillic, punctuation, arrows, minus.
  static constexpr ImWchar kRanges[] = {0x0020, 0x024F, 0x0370, 0x03FF, 0x0400, 0x052F, 0x2010,
                                        0x2044, 0x2190, 0x2193, 0x2212, 0x2212, 0};
  ImFontConfig config;
  config.SizePixels = pixels;
  config.FontDataOwnedByAtlas = false;
  if (font_.empty()) {
    io.Fonts->AddFontDefault(&config);
  } else {
    io.Fonts->AddFontFromMemoryTTF(font_.data(), static_cast<int>(font_.size()), pixels, &config,
                                   kRanges);
  }
  io.Fonts->Build();
  glyph_pixels_ = pixels;
  ImGuiStyle& style = ImGui::GetStyle();
  style = ImGuiStyle();
  ImGui::StyleColorsDark();
  style.WindowRounding = 0.5F * pixels;
  style.WindowPadding = {0.8F * pixels, 0.6F * pixels};
  style.WindowBorderSize = 0;
  style.WindowMinSize = {1, 1};
  style.Colors[ImGuiCol_WindowBg] = {0.05F, 0.06F, 0.08F, 1.0F};
}

bool Overlay::set_window(std::uint32_t width, std::uint32_t height, float scale) {
  width_ = static_cast<float>(width);
  height_ = static_cast<float>(height);
  ImGui::GetIO().DisplaySize = {width_, height_};
  const float pixels = text_pixels(width_, height_, scale);
  if (pixels == glyph_pixels_) return false;
  load_glyphs(pixels);
  return true;
}

void Overlay::draw_notices(const OverlayContent& content) const {
  std::vector<std::pair<std::string, ImU32>> notices;
  if (content.capture.condition == Capture::Condition::kLost) {
    notices.emplace_back(loss_of(content.capture), kWarning);
  }
  if (content.capture.condition == Capture::Condition::kEnded) {
    notices.emplace_back(content.capture.source + " has ended", kText);
  }
  if (content.labelling.is_loading) notices.emplace_back("getting the model ready …", kText);
  const char* const fault = content.labelled ? gfnet::fault_of(content.labelled->result) : nullptr;
  if (fault != nullptr) {
    notices.emplace_back(
        fmt::format("{} in {}", fault, gfnet::name_of(content.labelling.precision)), kWarning);
  }
  if (content.view != View::kNone && !content.view_refusal.empty()) {
    notices.emplace_back(
        fmt::format("no {} for this model: {}", name_of(content.view), content.view_refusal),
        kWarning);
  }
  if (content.is_paused) notices.emplace_back("paused", kText);
  if (!content.message.empty()) notices.emplace_back(content.message, kText);
  if (notices.empty()) return;
  float width = 0;
  for (auto& [text, colour] : notices) {
    text = fit_text(text, layout_.notices.width - em(1.6F));
    width = std::max(width, ImGui::CalcTextSize(text.c_str()).x);
  }
  const float line = em(1.4F);
  const Panel panel("notices", {layout_.notices.x, layout_.notices.y, width + em(1.6F),
                                line * static_cast<float>(notices.size()) + em(0.9F)});
  if (!panel) return;
  ImVec2 at{panel.inside().x, panel.inside().y};
  for (const auto& [text, colour] : notices) {
    panel.list().AddText(at, colour, text.c_str());
    at.y += line;
  }
}

void Overlay::draw_view(const OverlayContent& content) {
  if (content.view == View::kNone) return;
  if (content.view_image) {
    const ViewImage& image = *content.view_image;
    if (const auto* heat = std::get_if<HeatView>(&image.content)) {
      draw_heat_legend(layout_.legend, *heat);
    } else if (const auto* spectrum = std::get_if<SpectrumView>(&image.content)) {
      draw_spectrum(layout_.view, image, *spectrum, places_);
    } else {
      draw_filters(layout_.view, image, std::get<FilterView>(image.content), places_);
    }
    return;
  }
  draw_view_notice(content.view == View::kHeat ? layout_.legend : layout_.view,
                   std::string(name_of(content.view)) +
                       (content.view_refusal.empty() ? " …" : ": not for this model"));
}

void Overlay::draw_help(const OverlayContent& content) const {
  if (!content.shows_help) {
    const char* const hint = "H  help";
    ImGui::GetForegroundDrawList()->AddText(
        {width_ - ImGui::CalcTextSize(hint).x - em(1), height_ - em(1.8F)}, kFaint, hint);
    return;
  }
  const float line = em(1.5F);
  const float width = em(24);
  const float height = line * static_cast<float>(kKeyHelp.size()) + em(1.0F);
  const Panel panel("help", {0.5F * (width_ - width), 0.5F * (height_ - height), width, height},
                    0.97F);
  if (!panel) return;
  ImVec2 at{panel.inside().x, panel.inside().y};
  for (const auto& [key, action] : kKeyHelp) {
    panel.list().AddText(at, kText, key);
    panel.list().AddText({at.x + em(6), at.y}, kFaint, action);
    at.y += line;
  }
}

const ImDrawData& Overlay::draw(const OverlayContent& content, double elapsed_s) {
  ImGui::GetIO().DeltaTime = std::max(1e-4F, static_cast<float>(elapsed_s));
  ImGui::NewFrame();
  if (content.labelled &&
      content.labelled->number != std::exchange(taken_, content.labelled->number)) {
    predictions_.take(*content.labelled);
    meters_.take(*content.labelled);
  }
  predictions_.move(static_cast<float>(elapsed_s));
  layout_ = arrange(width_, height_, glyph_pixels_, content.view,
                    content.labelled ? content.labelled->result.top.size() : 1);
  places_.clear();
  predictions_.draw(layout_.predictions, places_);
  meters_.draw(layout_.meters,
               {content.capture, content.labelling, content.labelled.get(), content.device,
                content.display_rate},
               places_);
  draw_view(content);
  draw_notices(content);
  draw_help(content);
  ImGui::Render();
  return *ImGui::GetDrawData();
}

}  // namespace live
