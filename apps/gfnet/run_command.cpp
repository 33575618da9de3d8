#include "run_command.h"

#include <gfnet/check.h>
#include <gfnet/driver_environment.h>
#include <gfnet/gfnet.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <iostream>
#include <string>
#include <system_error>
#include <utility>
#include <vector>

#include "command_line/command.h"
#include "command_line/command_line.h"
#include "command_line/options.h"
#include "command_line/usage_error.h"
#include "command_line/version.h"
#include "inputs/message_target.h"
#include "system/descriptor.h"
#include "system/file.h"
#include "system/paths.h"
#include "system/program.h"
#include "system/standard_streams.h"
#include "terminal/interrupt.h"
#include "terminal/terminal.h"

namespace app {
namespace {

namespace system = gfnet::system;

int fail(const std::string& message, int status) {
  say_notice(message);
  return status;
}

/// Writes what is left in the buffers of stdout. Returns "" or why stdout could not be written.
std::string flush_stdout() {
  std::cout.flush();
  errno = 0;
  const bool is_flushed = std::fflush(stdout) == 0;
  if (is_flushed && std::ferror(stdout) == 0) return "";
  // Of an earlier write, the cause is not known any more, unless it is the same for all writes.
  const bool is_known = !is_flushed || system::write_file(system::kStdout, {}) != 0;
  return is_known && errno != 0 ? std::string("cannot be written: ") + std::strerror(errno)
                                : "cannot be written";
}

constexpr const char* kCheckChild = "check-child";

int run(const std::vector<std::string>& words) {
  CommandLine line(
      "gfnet", "GFNet image classification on any Vulkan device", version_text,
      "Exit status: 0 all done; 1 some inputs failed, or a file could not be read or written; 2 "
      "wrong usage; 3 no usable device, or the device failed or cannot do what was asked; 130 "
      "interrupted (finished results were written).");

  add_all(line, words);
  try {
    check_messages({words.begin() + 1, words.end()});
    return line.run(words);
  } catch (const UsageError& error) {
    return fail(error.what(), kWrongUsage);
  } catch (const gfnet::ArgumentError& error) {
    return fail(error.what(), kWrongUsage);
  } catch (const gfnet::NoDeviceError& error) {
    return fail(error.what(), kNoDevice);
  } catch (const gfnet::UnsupportedError& error) {
    return fail(error.what(), kNoDevice);
  } catch (const gfnet::VulkanError& error) {
    return fail(error.what(), kNoDevice);
  } catch (const std::system_error& error) {
    const bool is_thread = error.code() == std::errc::resource_unavailable_try_again;
    return fail(is_thread ? cannot_start_thread("a thread", error).what() : error.what(),
                kSomeFailed);
  } catch (const std::exception& error) {
    return fail(error.what(), kSomeFailed);
  }
}

}  // namespace

int run_command(const std::vector<std::string>& words, std::vector<std::string> program) {
  hold_signals();
  system::prepare_standard_streams();
  gfnet::prepare_driver_environment();
  // Not a command for people: the command starts itself in this way to try a driver.
  if (words.size() == 2 && words[1] == kCheckChild) {
    release_signals();
    return gfnet::serve_check();
  }
  if (program.empty()) {
    program = system::own_command(words);
  } else {
    set_program_directory(system::path_of(program.back()).parent_path());
  }
  program.emplace_back(kCheckChild);
  gfnet::set_check_program(std::move(program));
  system::let_large_writes_fail();
  int status = run(words);
  end_unwritten_on_signals(kInterrupted);
  const std::string fault = flush_stdout();
  if (!fault.empty()) {
    say_notice("stdout: " + fault);
    if (status == kAllDone) status = kSomeFailed;
  }
  end_on_signals(status);
  return status;
}

}  // namespace app
