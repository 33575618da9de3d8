#include "../../apps/live/sources/host.h"

#include <doctest/doctest.h>

namespace {

TEST_CASE("the host is found in a URL") {
  CHECK(live::host_of("rtsp://camera:554/stream") == "camera");
  CHECK(live::host_of("rtsp://camera") == "camera");
  CHECK(live::host_of("http://a.example/x?y=http://b.example/@c") == "a.example");
  CHECK(live::host_of("rtmp://name:secret@host/x") == "host");
  CHECK(live::host_of("rtsp://name:se@cret@host:1/x") == "host");
  CHECK(live::host_of("tcp://[::1]:80/") == "::1");
  CHECK(live::host_of("http://host#part") == "host");
  CHECK(live::host_of("tcp://:1234?listen") == "");
  CHECK(live::host_of("file:///home/a.mp4") == "");
  CHECK(live::host_of("no address").empty());
  CHECK(live::host_of("tcp://[::1").empty() == false);
}

}  // namespace
