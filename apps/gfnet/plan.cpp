#include <gfnet/gfnet.h>

#include <cstdio>

#include "command.h"
#include "options.h"

namespace app {

void add_plan(CLI::App& app, int& status) {
  struct Options {
    std::string model;
    std::string device;
    std::int64_t batch = 1;
    bool json = false;
  };
  CLI::App* command = app.add_subcommand(
      "plan", "Show what a checkpoint compiles to: kernels, thread counts, memory");
  auto options = std::make_shared<Options>();
  command->add_option("MODEL", options->model, "Checkpoint; default: the bundled one");
  add_device_option(*command, options->device);
  command->add_option("--batch", options->batch, "Images at a time")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{65535}));
  command->add_flag("--json", options->json, "For machines");
  command->callback([options, &status] {
    gfnet::ClassifierOptions classifier_options;
    classifier_options.device = options->device;
    const gfnet::Classifier classifier(load_model(options->model), classifier_options);
    if (options->json) {
      std::puts(classifier.plan_json(options->batch).c_str());
    } else {
      std::printf("%s on %s\n\n%s", classifier.model().description().path.filename().c_str(),
                  device_name(classifier).c_str(), classifier.plan_text(options->batch).c_str());
    }
    status = kAllDone;
  });
}

}  // namespace app
