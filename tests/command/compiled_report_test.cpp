#include "../../apps/gfnet/commands/compiled_report.h"

#include <doctest/doctest.h>

#include <string>

namespace {

using gfnet::CompiledPipeline;

CompiledPipeline pipeline(const char* kernel, std::vector<gfnet::CompiledFigure> summary) {
  CompiledPipeline made;
  made.kernel = kernel;
  made.figures = {{"Hash", "99", ""}};
  made.summary = std::move(summary);
  return made;
}

}  // namespace

TEST_CASE("the table has a column for each figure of any pipeline") {
  const std::string text = app::compiled_table(
      {pipeline("plain", {{"registers", "", ""}, {"spilled", "0", ""}, {"code B", "100", ""}}),
       pipeline("spilling", {{"registers", "", ""},
                             {"spilled", "1234", ""},
                             {"code B", "", ""},
                             {"Spill cost", "2571", ""}})});
  for (const char* part : {"spilled", "1234", "code B", "100", "Spill cost", "2571"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(text.find("registers") == std::string::npos);
  CHECK(text.find("spilled") < text.find("code B"));
  CHECK(text.find("code B") < text.find("Spill cost"));
}

TEST_CASE("the JSON holds the driver's figures and the summary of those that it reports") {
  const std::string text =
      app::compiled_json({pipeline("plain", {{"registers", "", ""}, {"spilled", "7", ""}})});
  CHECK(text.find(R"("name": "Hash")") != std::string::npos);
  CHECK(text.find(R"("spilled": "7")") != std::string::npos);
  CHECK(text.find("registers") == std::string::npos);
}
