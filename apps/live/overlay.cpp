#include "overlay.h"

#include <imgui.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <filesystem>
#include <utility>

namespace live {
namespace {

constexpr std::size_t kGraphPoints = 120;
/// In which a driver compiles, and the network is measured: they would dwarf the rest.
constexpr std::int64_t kFirstRuns = 3;
/// How quickly bars follow: after so long two thirds of the way is done.
constexpr float kFollowSeconds = 0.12F;
constexpr float kTextPixels = 17;
/// The window that this text size suits; text grows with larger ones.
constexpr float kUsualHeight = 720;

constexpr std::array kFonts{
    "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
    "/usr/share/fonts/dejavu-sans-fonts/DejaVuSans.ttf",
    "/usr/share/fonts/TTF/DejaVuSans.ttf",
    "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf",
    "/usr/share/fonts/truetype/liberation/LiberationSans-Regular.ttf",
    "C:/Windows/Fonts/segoeui.ttf",
    "/System/Library/Fonts/Supplemental/Arial.ttf",
};

constexpr ImU32 kText = IM_COL32(255, 255, 255, 240);
constexpr ImU32 kFaint = IM_COL32(255, 255, 255, 165);
constexpr ImU32 kTrack = IM_COL32(255, 255, 255, 36);
constexpr ImU32 kBest = IM_COL32(86, 204, 142, 255);
constexpr ImU32 kOther = IM_COL32(92, 160, 235, 255);
constexpr ImU32 kWarning = IM_COL32(255, 196, 84, 255);

ImU32 faded(ImU32 colour, float opacity) {
  const auto alpha =
      static_cast<float>((colour >> IM_COL32_A_SHIFT) & 0xFF) * std::clamp(opacity, 0.0F, 1.0F);
  return (colour & ~IM_COL32_A_MASK) | (static_cast<ImU32>(alpha) << IM_COL32_A_SHIFT);
}

template <typename... Values>
std::string format(const char* pattern, Values... values) {
  char text[256];
  std::snprintf(text, sizeof text, pattern, values...);
  return text;
}

/// As much of the text as fits, and "…".
std::string fit_text(const std::string& text, float width) {
  if (ImGui::CalcTextSize(text.c_str()).x <= width) return text;
  std::string cut = text;
  while (!cut.empty()) {
    // Whole characters of UTF-8.
    while (!cut.empty() && (static_cast<unsigned char>(cut.back()) & 0xC0) == 0x80) cut.pop_back();
    if (!cut.empty()) cut.pop_back();
    if (ImGui::CalcTextSize((cut + "…").c_str()).x <= width) break;
  }
  return cut + "…";
}

void begin_panel(const char* name, ImVec2 position, ImVec2 pivot, ImVec2 size) {
  ImGui::SetNextWindowPos(position, ImGuiCond_Always, pivot);
  ImGui::SetNextWindowSize(size);
  ImGui::Begin(name, nullptr,
               ImGuiWindowFlags_NoDecoration | ImGuiWindowFlags_NoInputs | ImGuiWindowFlags_NoNav |
                   ImGuiWindowFlags_NoSavedSettings | ImGuiWindowFlags_NoFocusOnAppearing |
                   ImGuiWindowFlags_NoMove);
}

/// Text with its right end at x.
void text_right(float x, float y, ImU32 colour, const std::string& text) {
  ImGui::GetWindowDrawList()->AddText({x - ImGui::CalcTextSize(text.c_str()).x, y}, colour,
                                      text.c_str());
}

/// The next of 1, 2, 5, 10, 20, 50, … that is not below.
float round_up(float value) {
  float decade = 1;
  while (true) {
    for (const float step : {1.0F, 2.0F, 5.0F}) {
      if (step * decade >= value) return step * decade;
    }
    decade *= 10;
  }
}

}  // namespace

Overlay::Overlay(const std::string& font) : font_(font) {
  IMGUI_CHECKVERSION();
  ImGui::CreateContext();
  ImGuiIO& io = ImGui::GetIO();
  io.IniFilename = nullptr;
  io.BackendFlags |= ImGuiBackendFlags_RendererHasVtxOffset;
  if (font_.empty()) {
    for (const char* known : kFonts) {
      std::error_code ignored;
      if (!std::filesystem::exists(known, ignored)) continue;
      font_ = known;
      break;
    }
  }
  ImGui::StyleColorsDark();
}

Overlay::~Overlay() { ImGui::DestroyContext(); }

void Overlay::load_glyphs(float pixels) {
  ImGuiIO& io = ImGui::GetIO();
  io.Fonts->Clear();
  // Latin with its extensions, Greek, Cyrillic, punctuation, arrows.
  static constexpr ImWchar kRanges[] = {0x0020, 0x024F, 0x0370, 0x03FF, 0x0400, 0x052F,
                                        0x2010, 0x2044, 0x2190, 0x2193, 0};
  ImFont* const loaded =
      font_.empty() ? nullptr
                    : io.Fonts->AddFontFromFileTTF(font_.c_str(), pixels, nullptr, kRanges);
  if (loaded == nullptr) {
    ImFontConfig config;
    config.SizePixels = pixels;
    io.Fonts->AddFontDefault(&config);
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
  style.Colors[ImGuiCol_WindowBg] = {0.05F, 0.06F, 0.08F, 0.80F};
}

bool Overlay::set_window(std::uint32_t width, std::uint32_t height, float scale) {
  width_ = static_cast<float>(width);
  height_ = static_cast<float>(height);
  ImGui::GetIO().DisplaySize = {width_, height_};
  const float least = std::min(width_ * (9.0F / 16.0F), height_);
  // In steps, or every pixel that a window grows would make new glyphs.
  const float growth = std::round(4 * std::clamp(least / (kUsualHeight * scale), 0.6F, 3.0F)) / 4;
  const float pixels = std::max(9.0F, std::round(kTextPixels * scale * growth));
  if (pixels == glyph_pixels_) return false;
  load_glyphs(pixels);
  return true;
}

float Overlay::em(float count) const { return count * glyph_pixels_; }

void Overlay::follow(const OverlayContent& content, float elapsed_s) {
  if (content.labelled && content.labelling.frames != last_counted_) {
    last_counted_ = content.labelling.frames;
    if (std::exchange(last_model_, content.labelling.model_index) !=
        content.labelling.model_index) {
      rows_.clear();
      latencies_ms_.clear();
      labelled_by_model_ = 0;
    }
    if (++labelled_by_model_ > kFirstRuns) {
      latencies_ms_.push_back(static_cast<float>(content.labelled->latency_s * 1e3));
    }
    if (latencies_ms_.size() > kGraphPoints) latencies_ms_.pop_front();
    for (auto& [index, row] : rows_) row.is_wanted = false;
    float place = 0;
    for (const gfnet::Prediction& prediction : content.labelled->result.top) {
      const auto [entry, is_new] = rows_.try_emplace(prediction.index);
      Row& row = entry->second;
      row.label = prediction.short_label;
      row.is_wanted = true;
      row.wanted_probability = prediction.probability;
      row.wanted_place = place;
      if (is_new) row.place = place;
      place += 1;
    }
  }
  const float share = 1 - std::exp(-elapsed_s / kFollowSeconds);
  for (auto& [index, row] : rows_) {
    row.probability += share * ((row.is_wanted ? row.wanted_probability : 0) - row.probability);
    row.place += share * (row.wanted_place - row.place);
    row.opacity += share * ((row.is_wanted ? 1.0F : 0.0F) - row.opacity);
  }
  std::erase_if(rows_, [](const auto& entry) {
    return !entry.second.is_wanted && entry.second.opacity < 0.02F;
  });
}

void Overlay::draw_predictions(const OverlayContent& content) {
  if (rows_.empty() && !content.labelled) return;
  const std::size_t count = content.labelled ? content.labelled->result.top.size() : 1;
  const float row_height = em(1.75F);
  const float width = std::min(em(25), width_ - em(2));
  const ImVec2 size{width, row_height * static_cast<float>(count) + em(1.0F)};
  begin_panel("predictions", {em(1), height_ - em(1)}, {0, 1}, size);
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  const float inner = width - em(1.6F);
  const float label_width = 0.42F * inner;
  const float number_width = em(3.6F);
  const float bar_x = origin.x + label_width + em(0.5F);
  const float bar_width = inner - label_width - number_width - em(0.5F);
  for (const auto& [index, row] : rows_) {
    const float y = origin.y + row.place * row_height;
    const bool is_best = row.is_wanted && row.wanted_place == 0;
    list.AddText({origin.x, y}, faded(is_best ? kText : kFaint, row.opacity),
                 fit_text(row.label, label_width).c_str());
    const float thickness = em(0.55F);
    const float bar_y = y + 0.5F * (ImGui::GetTextLineHeight() - thickness);
    const float filled = std::max(bar_width * std::clamp(row.probability, 0.0F, 1.0F), thickness);
    list.AddRectFilled({bar_x, bar_y}, {bar_x + bar_width, bar_y + thickness},
                       faded(kTrack, row.opacity), 0.5F * thickness);
    list.AddRectFilled({bar_x, bar_y}, {bar_x + filled, bar_y + thickness},
                       faded(is_best ? kBest : kOther, row.opacity), 0.5F * thickness);
    text_right(origin.x + inner, y, faded(is_best ? kText : kFaint, row.opacity),
               format("%.1f %%", static_cast<double>(row.probability) * 100));
  }
  ImGui::End();
}

void Overlay::draw_latency_graph(float width, float height) {
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  list.AddRectFilled(origin, {origin.x + width, origin.y + height}, kTrack, em(0.2F));
  if (latencies_ms_.empty()) return;
  const float top = round_up(*std::ranges::max_element(latencies_ms_));
  const float step = width / static_cast<float>(kGraphPoints - 1);
  const float x0 = origin.x + width - step * static_cast<float>(latencies_ms_.size() - 1);
  const auto point = [&](std::size_t i) {
    return ImVec2{x0 + step * static_cast<float>(i),
                  origin.y + height * (1 - latencies_ms_[i] / top)};
  };
  for (std::size_t i = 0; i + 1 < latencies_ms_.size(); ++i) {
    const ImVec2 from = point(i);
    const ImVec2 to = point(i + 1);
    list.AddQuadFilled({from.x, origin.y + height}, from, to, {to.x, origin.y + height},
                       faded(kOther, 0.25F));
    list.AddLine(from, to, kOther, em(0.09F));
  }
  list.AddText(ImGui::GetFont(), 0.8F * glyph_pixels_, {origin.x + em(0.3F), origin.y + em(0.1F)},
               kFaint, format("%.0f ms", static_cast<double>(top)).c_str());
}

void Overlay::draw_meters(const OverlayContent& content) {
  const float line = em(1.3F);
  const float graph = em(3.2F);
  const float width = std::min(em(19), width_ - em(2));
  const float inner = width - em(1.6F);
  begin_panel("meters", {width_ - em(1), em(1)}, {1, 0}, {width, 8 * line + graph + em(1.8F)});
  ImDrawList& list = *ImGui::GetWindowDrawList();
  const ImVec2 origin = ImGui::GetCursorScreenPos();
  float y = origin.y;
  const auto row = [&](const char* name, const std::string& value, ImU32 colour = kText) {
    list.AddText({origin.x, y}, kFaint, name);
    const float taken = ImGui::CalcTextSize(name).x + em(0.6F);
    text_right(origin.x + inner, y, colour, fit_text(value, inner - taken));
    y += line;
  };
  row("model", content.labelling.model);
  row("device", content.device);
  row("precision", std::string(gfnet::name_of(content.labelling.precision)));
  row("source",
      format("%u×%u  %.1f/s", content.capture.width, content.capture.height, content.capture.rate));
  row("display", format("%.1f/s", content.display_rate));
  row("model", format("%.1f/s", content.labelling.rate));
  row("left out", format("%lld of %lld", static_cast<long long>(content.dropped),
                         static_cast<long long>(content.capture.frames)));
  row("frame to label",
      content.labelled ? format("%.1f ms", content.labelled->latency_s * 1e3) : std::string("–"));
  ImGui::SetCursorScreenPos({origin.x, y + em(0.2F)});
  draw_latency_graph(inner, graph);
  ImGui::End();
}

void Overlay::draw_notices(const OverlayContent& content) {
  std::vector<std::pair<std::string, ImU32>> notices;
  if (content.capture.condition == Capture::Condition::kLost) {
    notices.emplace_back(
        content.capture.source + " is gone (" + content.capture.cause + "), looking for it again",
        kWarning);
  }
  if (content.capture.condition == Capture::Condition::kEnded) {
    notices.emplace_back(content.capture.source + " has ended", kText);
  }
  if (content.labelling.is_loading) notices.emplace_back("getting the model ready …", kText);
  if (!content.labelling.refusal.empty()) {
    notices.emplace_back(content.labelling.refusal, kWarning);
  }
  if (content.is_paused) notices.emplace_back("paused", kText);
  if (!content.message.empty()) notices.emplace_back(content.message, kText);
  if (notices.empty()) return;
  const float most = 0.5F * width_;
  float width = 0;
  for (auto& [text, colour] : notices) {
    text = fit_text(text, most);
    width = std::max(width, ImGui::CalcTextSize(text.c_str()).x);
  }
  const float line = em(1.4F);
  begin_panel("notices", {em(1), em(1)}, {0, 0},
              {width + em(1.6F), line * static_cast<float>(notices.size()) + em(0.9F)});
  ImVec2 at = ImGui::GetCursorScreenPos();
  for (const auto& [text, colour] : notices) {
    ImGui::GetWindowDrawList()->AddText(at, colour, text.c_str());
    at.y += line;
  }
  ImGui::End();
}

void Overlay::draw_help(const OverlayContent& content) {
  if (!content.shows_help) {
    const char* const hint = "H  help";
    ImGui::GetForegroundDrawList()->AddText(
        {width_ - ImGui::CalcTextSize(hint).x - em(1), height_ - em(1.8F)}, kFaint, hint);
    return;
  }
  constexpr std::array<std::pair<const char*, const char*>, 8> kKeys{{
      {"Space", "pause"},
      {"M", "next model"},
      {"P", "precision: fp32, fp16"},
      {"X", "mirror"},
      {"S", "screenshot"},
      {"F, F11", "full screen"},
      {"H, F1", "this help"},
      {"Q, Esc", "quit"},
  }};
  const float line = em(1.5F);
  begin_panel("help", {0.5F * width_, 0.5F * height_}, {0.5F, 0.5F},
              {em(19), line * static_cast<float>(kKeys.size()) + em(1.0F)});
  ImVec2 at = ImGui::GetCursorScreenPos();
  for (const auto& [key, action] : kKeys) {
    ImDrawList& list = *ImGui::GetWindowDrawList();
    list.AddText(at, kText, key);
    list.AddText({at.x + em(6), at.y}, kFaint, action);
    at.y += line;
  }
  ImGui::End();
}

const ImDrawData& Overlay::draw(const OverlayContent& content, double elapsed_s) {
  ImGui::GetIO().DeltaTime = std::max(1e-4F, static_cast<float>(elapsed_s));
  ImGui::NewFrame();
  follow(content, static_cast<float>(elapsed_s));
  draw_predictions(content);
  draw_meters(content);
  draw_notices(content);
  draw_help(content);
  ImGui::Render();
  return *ImGui::GetDrawData();
}

}  // namespace live
