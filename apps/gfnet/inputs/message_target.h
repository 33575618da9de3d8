#pragma once

#include <string>
#include <vector>

#include "inputs/file_identity.h"

namespace app {

/// Ensures that messages change no file that a command reads. Call this function before anything is
/// written to stderr. If stderr appends to a file ("2>>") that `arguments` name, or that is a list
/// on stdin or an image in a folder that they name, calls silence_stderr() and throws UsageError.
/// Links in a folder are not followed, as long as the file bears no image's name. Values of options
/// that name outputs do not count: the file may be a log. Nor does stderr itself (/dev/stderr).
/// arguments: the command line, without the program.
void check_messages(const std::vector<std::string>& arguments);

/// Throws UsageError, after silence_stderr(), if `file` is the one that messages go to, unless it
/// is named as what the process has open (/dev/stderr). messages: identity of that file.
void check_no_messages_in(const std::string& file, const FileIdentity& messages);

/// From now on, nothing is appended to the file that stderr appends to. Messages go to stdout if it
/// is a terminal, else nowhere.
void silence_stderr();

}  // namespace app
