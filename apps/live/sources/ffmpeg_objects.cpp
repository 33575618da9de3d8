#include "sources/ffmpeg_objects.h"

extern "C" {
#include <libavdevice/avdevice.h>
}

namespace live {

void prepare_ffmpeg() {
  static const bool done = [] {
    av_log_set_level(AV_LOG_QUIET);  // errors are returned as codes
    avdevice_register_all();
    avformat_network_init();
    return true;
  }();
  static_cast<void>(done);
}

std::string ffmpeg_error(int code) {
  char text[AV_ERROR_MAX_STRING_SIZE] = {};
  av_strerror(code, text, sizeof text);
  return text;
}

}  // namespace live
