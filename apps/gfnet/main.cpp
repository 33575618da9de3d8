#include <gfnet/gfnet.h>

#include <csignal>
#include <cstdio>
#include <iostream>

#include "command.h"

namespace {

int fail(const std::string& message, int status) {
  std::fprintf(stderr, "gfnet: %s\n", gfnet::printable(message).c_str());
  return status;
}

/// What is wrong with the command line; CLI11 does not name a command that it does not know.
std::string usage_error(const CLI::App& app, const CLI::ParseError& error) {
  if (app.get_subcommands().empty() && app.remaining_size() > 0) {
    return "there is no command '" + app.remaining().front() + "'";
  }
  return error.what();
}

int run(int argc, char** argv) {
  CLI::App app("GFNet image classification on any Vulkan device");
  app.name("gfnet");
  app.require_subcommand(1);
  app.set_version_flag("--version", GFNET_VERSION);
  app.footer(
      "Exit status: 0 all done; 1 some inputs failed, or a file could not be read or written; 2 "
      "wrong usage; 3 no usable device, or it cannot do what was asked; 130 interrupted, after what "
      "had begun was written.");

  int status = app::kAllDone;
  app::add_classify(app, status, {argv, argv + argc});
  app::add_evaluate(app, status);
  app::add_live(app, status);
  app::add_bench(app, status);
  app::add_devices(app, status);
  app::add_info(app, status);
  app::add_plan(app, status);
  app::add_explain(app, status);
  app::add_filters(app, status);
  app::add_models(app, status);
  app::add_pull(app, status);
  try {
    app.parse(argc, argv);
    return status;
  } catch (const CLI::ParseError& error) {
    // Help and version come as errors with status 0.
    if (error.get_exit_code() == 0) return app.exit(error);
    return fail(usage_error(app, error) + "; see gfnet --help", app::kWrongUsage);
  } catch (const app::UsageError& error) {
    return fail(error.what(), app::kWrongUsage);
  } catch (const gfnet::ArgumentError& error) {
    return fail(error.what(), app::kWrongUsage);
  } catch (const gfnet::NoDeviceError& error) {
    return fail(error.what(), app::kNoDevice);
  } catch (const gfnet::UnsupportedError& error) {
    return fail(error.what(), app::kNoDevice);
  } catch (const gfnet::VulkanError& error) {
    return fail(error.what(), app::kNoDevice);
  } catch (const std::exception& error) {
    return fail(error.what(), app::kSomeFailed);
  }
}

}  // namespace

int main(int argc, char** argv) {
  // A file beyond what the system allows is an error like a full disk.
  std::signal(SIGXFSZ, SIG_IGN);
  const int status = run(argc, argv);
  std::cout.flush();
  const bool written = std::fflush(stdout) == 0 && std::ferror(stdout) == 0;
  return written || status != app::kAllDone ? status
                                            : fail("stdout: cannot be written", app::kSomeFailed);
}
