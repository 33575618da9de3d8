#pragma once

#include <string>

namespace live {

/// The host that a URL names: "camera" in rtsp://user:secret@camera:554/stream. An IPv6 address has
/// no brackets. Empty if there is none.
std::string host_of(const std::string& url);

/// Throws gfnet::Error if the host of the URL is not known. FFmpeg reports only an input/output
/// error then. name: name of the source, for the message.
void check_host(const std::string& name, const std::string& url);

}  // namespace live
