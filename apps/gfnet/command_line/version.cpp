#include "command_line/version.h"

#include <fmt/format.h>
#include <gfnet/libraries.h>

#include "command_line/command_libraries.h"
// Written by the build; changes with every commit, so no other file includes it.
#include "commit.h"

namespace app {
namespace {

std::string line_of(const gfnet::Library& library) {
  if (!library.present) return "\nwithout " + library.name;
  return fmt::format("\nwith {}{}", library.name,
                     library.version.empty() ? "" : " " + library.version);
}

}  // namespace

std::string version_text() {
  std::string present;
  std::string missing;
  for (const auto& libraries : {gfnet::libraries(), command_libraries()}) {
    for (const gfnet::Library& library : libraries) {
      (library.present ? present : missing) += line_of(library);
    }
  }
  return fmt::format("gfnet {} ({}){}{}", gfnet::version(), GFNET_COMMIT, present, missing);
}

}  // namespace app
