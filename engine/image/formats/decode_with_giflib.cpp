#include <gif_lib.h>

#include <algorithm>
#include <memory>

#include "image/formats/reader.h"

namespace gfnet::image {
namespace {

int read_for_giflib(GifFileType* gif, GifByteType* target, int count) {
  Reader& reader = *static_cast<Reader*>(gif->UserData);
  const std::size_t given = std::min(reader.left(), static_cast<std::size_t>(std::max(count, 0)));
  std::ranges::copy(reader.take(given), target);
  return static_cast<int>(given);
}

struct CloseGif {
  void operator()(GifFileType* gif) const { DGifCloseFile(gif, nullptr); }
};

[[noreturn]] void fail_with_giflib(int error) {
  const bool is_short = error == D_GIF_ERR_READ_FAILED || error == D_GIF_ERR_EOF_TOO_SOON;
  const char* const reason = GifErrorString(error);
  throw DecodeFailure{std::string(is_short ? "truncated GIF: " : "corrupt GIF: ") +
                      (reason != nullptr ? reason : "nothing to decode")};
}

}  // namespace

std::vector<std::uint8_t> read_gif_with_giflib(Bytes file) {
  Reader reader(file, "GIF");
  int error = 0;
  const std::unique_ptr<GifFileType, CloseGif> gif(DGifOpen(&reader, read_for_giflib, &error));
  if (gif == nullptr) fail_with_giflib(error);
  GifRecordType record{};
  if (DGifGetRecordType(gif.get(), &record) != GIF_OK || record != IMAGE_DESC_RECORD_TYPE ||
      DGifGetImageDesc(gif.get()) != GIF_OK) {
    fail_with_giflib(gif->Error);
  }
  const int width = gif->Image.Width;
  const int height = gif->Image.Height;
  std::vector<std::uint8_t> indices(static_cast<std::size_t>(width) *
                                    static_cast<std::size_t>(height));
  // The four passes of an interlaced frame; the last one of another frame has all rows.
  constexpr struct { int first, step; } kPasses[] = {{0, 8}, {4, 8}, {2, 4}, {1, 2}, {0, 1}};
  const auto passes =
      gif->Image.Interlace ? std::span(kPasses).first(4) : std::span(kPasses).last(1);
  for (const auto& pass : passes) {
    for (int row = pass.first; row < height; row += pass.step) {
      std::uint8_t* const line =
          indices.data() + static_cast<std::size_t>(row) * static_cast<std::size_t>(width);
      if (DGifGetLine(gif.get(), line, width) != GIF_OK) fail_with_giflib(gif->Error);
    }
  }
  return indices;
}

}  // namespace gfnet::image
