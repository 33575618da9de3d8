#include "jpeg_writer.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <cstdio>
#include <cstdlib>
#include <stdexcept>

// jpeglib.h needs std::size_t and FILE declared before it.
#include <jpeglib.h>

namespace gfnet::test {
namespace {

struct Encoder {
  Encoder() {
    jpeg.err = jpeg_std_error(&errors);
    errors.error_exit = [](j_common_ptr common) {
      char message[JMSG_LENGTH_MAX];
      common->err->format_message(common, message);
      std::fprintf(stderr, "the test's own JPEG encoder: %s\n", message);
      std::abort();
    };
    jpeg_create_compress(&jpeg);
  }
  ~Encoder() { jpeg_destroy_compress(&jpeg); }
  Encoder(const Encoder&) = delete;
  Encoder& operator=(const Encoder&) = delete;

  jpeg_error_mgr errors{};
  jpeg_compress_struct jpeg{};
};

J_COLOR_SPACE space_of(JpegColours colours) {
  switch (colours) {
    case JpegColours::kGrey:
      return JCS_GRAYSCALE;
    case JpegColours::kYcc:
      return JCS_YCbCr;
    case JpegColours::kRgb:
      return JCS_RGB;
    case JpegColours::kCmyk:
      return JCS_CMYK;
  }
  throw std::logic_error("unknown colours");
}

std::vector<std::uint8_t> samples_of(const std::uint8_t* rgb, std::uint32_t pixels,
                                     JpegColours colours) {
  std::vector<std::uint8_t> samples;
  for (std::uint32_t i = 0; i < pixels; ++i, rgb += 3) {
    if (colours == JpegColours::kGrey) {
      samples.push_back(rgb[1]);
      continue;
    }
    samples.insert(samples.end(), rgb, rgb + 3);
    if (colours == JpegColours::kCmyk) {
      samples.push_back(static_cast<std::uint8_t>((rgb[0] + rgb[1]) / 2));
    }
  }
  return samples;
}

std::vector<jpeg_scan_info> scans_of(const JpegForm& form, int channels) {
  std::vector<jpeg_scan_info> scans;
  const auto add = [&scans](int channel, int first, int last, int high, int low) {
    scans.push_back({1, {channel, 0, 0, 0}, first, last, high, low});
  };
  for (int channel = 0; channel < channels; ++channel) {
    if (form.scans == JpegScans::kEachChannel) {
      add(channel, 0, 63, 0, 0);
    } else {  // kProgressiveInPart
      add(channel, 0, 0, 0, 1);
      add(channel, 1, 5, 0, 2);
      add(channel, 0, 0, 1, 0);
    }
  }
  return scans;
}

}  // namespace

std::vector<std::uint8_t> encode_jpeg_form(const Image& image, const JpegForm& form, int quality) {
  Encoder encoder;
  jpeg_compress_struct& jpeg = encoder.jpeg;
  unsigned char* bytes = nullptr;
  unsigned long size = 0;
  jpeg_mem_dest(&jpeg, &bytes, &size);
  jpeg.image_width = image.width;
  jpeg.image_height = image.height;
  const bool is_rgb = form.colours == JpegColours::kYcc || form.colours == JpegColours::kRgb;
  jpeg.in_color_space = is_rgb ? JCS_RGB : space_of(form.colours);
  jpeg.input_components = is_rgb ? 3 : form.colours == JpegColours::kGrey ? 1 : 4;
  jpeg_set_defaults(&jpeg);
  jpeg_set_colorspace(&jpeg, space_of(form.colours));
  jpeg_set_quality(&jpeg, quality, TRUE);
  for (int channel = 0; channel < jpeg.num_components; ++channel) {
    jpeg.comp_info[channel].h_samp_factor = channel == 0 ? form.across : 1;
    jpeg.comp_info[channel].v_samp_factor = channel == 0 ? form.down : 1;
  }
  jpeg.restart_interval = form.restart;
  jpeg.arith_code = form.arithmetic ? TRUE : FALSE;
  std::vector<jpeg_scan_info> scans;
  if (form.scans == JpegScans::kProgressive) {
    jpeg_simple_progression(&jpeg);
  } else if (form.scans != JpegScans::kOne) {
    scans = scans_of(form, jpeg.num_components);
    jpeg.scan_info = scans.data();
    jpeg.num_scans = static_cast<int>(scans.size());
  }
  jpeg_start_compress(&jpeg, TRUE);
  for (std::uint32_t y = 0; y < image.height; ++y) {
    std::vector<std::uint8_t> samples =
        samples_of(&image.rgb[std::size_t{3} * y * image.width], image.width, form.colours);
    JSAMPROW row = samples.data();
    jpeg_write_scanlines(&jpeg, &row, 1);
  }
  jpeg_finish_compress(&jpeg);
  std::vector<std::uint8_t> file(bytes, bytes + size);
  std::free(bytes);
  return file;
}

bool writes_arithmetic_codes() {
#ifdef C_ARITH_CODING_SUPPORTED
  return true;
#else
  return false;
#endif
}

Image soft_image(Random& random, std::uint32_t width, std::uint32_t height) {
  Image image{width, height, {}};
  std::array<double, 3> phase{};
  std::array<double, 3> slope{};
  for (std::size_t c = 0; c < 3; ++c) {
    phase[c] = static_cast<double>(random.integer(0, 628)) / 100;
    slope[c] = static_cast<double>(random.integer(2, 40)) / 100;
  }
  for (std::uint32_t y = 0; y < height; ++y) {
    for (std::uint32_t x = 0; x < width; ++x) {
      for (std::size_t c = 0; c < 3; ++c) {
        const double wave = std::sin(phase[c] + slope[c] * x) + std::cos(slope[2 - c] * y);
        const double value = 128 + 50 * wave + static_cast<double>(random.integer(-20, 20));
        image.rgb.push_back(static_cast<std::uint8_t>(std::clamp(value, 0.0, 255.0)));
      }
    }
  }
  return image;
}

}  // namespace gfnet::test
