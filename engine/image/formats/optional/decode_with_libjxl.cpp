#include <jxl/decode.h>

#include <algorithm>
#include <cstdlib>
#include <memory>
#include <new>

#include "image/formats/decoders.h"

namespace gfnet::image {
namespace {

/// The memory that libjxl may take for one image. libjxl asks through the functions of a
/// JxlMemoryManager; a request above the limit fails, and with it the decode.
class JxlMemory {
 public:
  explicit JxlMemory(std::size_t limit) : left_(limit) {}

  void raise_limit(std::size_t bytes) { left_ += bytes; }

  JxlMemoryManager manager() { return {this, allocate, release}; }

 private:
  /// Before each block: its size. As long as the strictest alignment, so that the block keeps it.
  static constexpr std::size_t kHeader = alignof(std::max_align_t);

  static void* allocate(void* self, std::size_t size) {
    auto& memory = *static_cast<JxlMemory*>(self);
    if (size > memory.left_ || size + kHeader < size) return nullptr;
    auto* const block = static_cast<std::uint8_t*>(std::malloc(size + kHeader));
    if (block == nullptr) return nullptr;
    memory.left_ -= size;
    std::memcpy(block, &size, sizeof size);
    return block + kHeader;
  }

  static void release(void* self, void* address) {
    if (address == nullptr) return;
    auto* const block = static_cast<std::uint8_t*>(address) - kHeader;
    std::size_t size = 0;
    std::memcpy(&size, block, sizeof size);
    static_cast<JxlMemory*>(self)->left_ += size;
    std::free(block);
  }

  std::size_t left_;
};

struct JxlDeleter {
  void operator()(JxlDecoder* decoder) const { JxlDecoderDestroy(decoder); }
};

void require(JxlDecoderStatus status) {
  if (status != JXL_DEC_SUCCESS) throw DecodeFailure{"libjxl cannot decode the JPEG XL"};
}

/// What libjxl keeps of a pixel where the file is made to be shown while it loads: each channel as
/// 32-bit numbers, twice, and extra channels once more. Larger samples take longer.
std::uint64_t pixel_bytes(const JxlBasicInfo& info) {
  const std::uint64_t channel = info.bits_per_sample > 8 ? 16 : 12;
  return 32 + (channel - 12) * info.num_color_channels + channel * info.num_extra_channels;
}

}  // namespace

Image decode_with_libjxl(Bytes file, const DecodeOptions& options) {
  // libjxl works in floating point, with some copies of each channel.
  constexpr std::uint64_t kBytesPerPixel = 80;
  constexpr std::uint64_t kFixedBytes = std::uint64_t{64} << 20;
  JxlMemory memory(kFixedBytes);
  const JxlMemoryManager manager = memory.manager();
  const std::unique_ptr<JxlDecoder, JxlDeleter> decoder(JxlDecoderCreate(&manager));
  if (!decoder) throw std::bad_alloc();
  require(JxlDecoderSubscribeEvents(decoder.get(), JXL_DEC_BASIC_INFO | JXL_DEC_FULL_IMAGE));
  require(JxlDecoderSetInput(decoder.get(), file.data(), file.size()));
  JxlDecoderCloseInput(decoder.get());

  constexpr JxlPixelFormat kRgb{3, JXL_TYPE_UINT8, JXL_NATIVE_ENDIAN, 0};
  Image image;
  for (;;) {
    switch (JxlDecoderProcessInput(decoder.get())) {
      case JXL_DEC_BASIC_INFO: {
        JxlBasicInfo info;
        require(JxlDecoderGetBasicInfo(decoder.get(), &info));
        check_dense_extent(info.xsize, info.ysize, file.size(), pixel_bytes(info), options);
        const std::uint64_t pixels = std::uint64_t{info.xsize} * info.ysize;
        const std::uint64_t most = most_memory(file.size()) - 3 * pixels;  // without the result
        const std::uint64_t usual =
            kFixedBytes + std::max(kBytesPerPixel, pixel_bytes(info)) * pixels;
        memory.raise_limit(std::min(most, usual) - kFixedBytes);
        image.width = info.xsize;
        image.height = info.ysize;
        // libjxl turns the image upright by itself.
        if (info.orientation >= JXL_ORIENT_TRANSPOSE) std::swap(image.width, image.height);
        break;
      }
      case JXL_DEC_NEED_IMAGE_OUT_BUFFER: {
        std::size_t size = 0;
        require(JxlDecoderImageOutBufferSize(decoder.get(), &kRgb, &size));
        if (size != std::size_t{image.width} * image.height * 3) {
          throw DecodeFailure{"corrupt JPEG XL: its size is stated twice"};
        }
        image.rgb.resize(size);
        require(JxlDecoderSetImageOutBuffer(decoder.get(), &kRgb, image.rgb.data(), size));
        break;
      }
      case JXL_DEC_FULL_IMAGE:  // the first frame
        return image;
      case JXL_DEC_NEED_MORE_INPUT:
        throw DecodeFailure{"truncated JPEG XL"};
      case JXL_DEC_SUCCESS:
        throw DecodeFailure{"corrupt JPEG XL: no frame"};
      default:
        throw DecodeFailure{"corrupt JPEG XL"};
    }
  }
}

}  // namespace gfnet::image
