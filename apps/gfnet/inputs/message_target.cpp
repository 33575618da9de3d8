#include "inputs/message_target.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <string_view>

#include "command_line/usage_error.h"
#include "inputs/folder_walk.h"
#include "system/descriptor.h"
#include "system/paths.h"
#include "system/standard_streams.h"
#include "terminal/terminal.h"

namespace app {
namespace {

using gfnet::system::path_of;

namespace system = gfnet::system;

/// The options of all commands whose values are files or folders that the command writes.
constexpr std::array<std::string_view, 8> kOutputs{"--output",  "--logits",    "--features",
                                                   "--map",     "--confusion", "--preprocessed",
                                                   "--link-to", "--move-to"};

bool names_output(std::string_view option) {
  return std::ranges::find(kOutputs, option) != kOutputs.end();
}

/// Whether the path names no file, but what the process has open.
bool names_open_file(const std::string& path) {
  return path.starts_with("/dev/") || path.starts_with("/proc/");
}

[[noreturn]] void refuse(const std::string& file) {
  silence_stderr();
  throw UsageError(fmt::format("'stderr' would overwrite '{}'", file));
}

/// path: a file, or a folder with images.
void check(const std::string& path, const FileIdentity& messages) {
  check_no_messages_in(path, messages);
  std::error_code error;
  if (names_open_file(path) || !std::filesystem::is_directory(path_of(path), error) ||
      !may_be_listed(system::kStderr))
    return;
  FolderWalk walk(path);
  while (const std::optional<Input> image = walk.next()) {
    check_no_messages_in(image->path, messages);
  }
}

}  // namespace

void check_messages(const std::vector<std::string>& arguments) {
  const std::optional<FileIdentity> messages = filled_identity_of(system::kStderr);
  if (!messages) return;
  const bool reads_stdin = std::ranges::find(arguments, "-") != arguments.end();
  if (reads_stdin && identity_of(system::kStdin) == messages) refuse("stdin");
  std::string_view before;
  for (const std::string& argument : arguments) {
    const std::size_t equals = argument.starts_with("--") ? argument.find('=') : std::string::npos;
    const bool has_name = equals != std::string::npos;
    if (!names_output(has_name ? std::string_view(argument).substr(0, equals) : before)) {
      check(has_name ? argument.substr(equals + 1) : argument, *messages);
    }
    before = argument;
  }
}

void check_no_messages_in(const std::string& file, const FileIdentity& messages) {
  if (!names_open_file(file) && identity_of(file) == messages) refuse(file);
}

void silence_stderr() {
  if (stdout_is_terminal()) {
    system::redirect(system::kStderr, system::kStdout);
  } else {
    system::redirect_to_nowhere(system::kStderr);
  }
}

}  // namespace app
