#include "command_line/command_libraries.h"

#include <fmt/format.h>

#include <CLI/Version.hpp>
#include <string>

#ifdef GFNET_WITH_CRYPTO
#include <openssl/opensslv.h>
#endif
#ifdef GFNET_WITH_LIBCURL
#include <curl/curlver.h>
#endif
#ifdef GFNET_WITH_LIBARCHIVE
#include <archive.h>
#endif
#ifdef GFNET_WITH_FFMPEG
#include <libavutil/ffversion.h>
#endif
#ifdef GFNET_WITH_GLFW
#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
#endif
#ifdef GFNET_WITH_IMGUI
#include <imgui.h>
#endif
#ifdef GFNET_WITH_VOLK
#include <volk.h>
#endif
#ifdef GFNET_WITH_PARQUET_SHARED
#include <arrow/util/config.h>
#endif

#ifdef OPENSSL_VERSION_STR
#define GFNET_OPENSSL_VERSION OPENSSL_VERSION_STR
#else
#define GFNET_OPENSSL_VERSION OPENSSL_VERSION_TEXT
#endif

namespace app {

std::vector<gfnet::Library> command_libraries() {
  gfnet::Library openssl{"OpenSSL", "", false};
  gfnet::Library curl{"libcurl", "", false};
  gfnet::Library archive{"libarchive", "", false};
  gfnet::Library ffmpeg{"FFmpeg", "", false};
  gfnet::Library glfw{"GLFW", "", false};
  gfnet::Library imgui{"Dear ImGui", "", false};
  gfnet::Library volk{"volk", "", false};
  gfnet::Library arrow{"Apache Arrow", "", false};
#ifdef GFNET_WITH_CRYPTO
  openssl = {"OpenSSL", GFNET_OPENSSL_VERSION};
#endif
#ifdef GFNET_WITH_LIBCURL
  curl = {"libcurl", LIBCURL_VERSION};
#endif
#ifdef GFNET_WITH_LIBARCHIVE
  archive = {"libarchive", ARCHIVE_VERSION_ONLY_STRING};
#endif
#ifdef GFNET_WITH_FFMPEG
  ffmpeg = {"FFmpeg", FFMPEG_VERSION};
#endif
#ifdef GFNET_WITH_GLFW
  glfw = {"GLFW",
          fmt::format("{}.{}.{}", GLFW_VERSION_MAJOR, GLFW_VERSION_MINOR, GLFW_VERSION_REVISION)};
#endif
#ifdef GFNET_WITH_IMGUI
  imgui = {"Dear ImGui", IMGUI_VERSION};
#endif
#ifdef GFNET_WITH_VOLK
  volk = {"volk", std::to_string(VOLK_HEADER_VERSION)};
#endif
#ifdef GFNET_WITH_PARQUET_SHARED
  arrow = {"Apache Arrow", ARROW_VERSION_STRING};
#endif
  return {{"CLI11", CLI11_VERSION}, openssl, curl, archive, ffmpeg, glfw, imgui, volk, arrow};
}

}  // namespace app
