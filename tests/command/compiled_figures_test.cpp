#include "../../apps/gfnet/commands/compiled_figures.h"

#include <doctest/doctest.h>

#include "../../apps/gfnet/commands/compiled_report.h"

namespace {

using app::titled_figures;
using gfnet::CompiledFigure;
using gfnet::CompiledPipeline;

struct Figure {
  const char* name;
  const char* value;
};

std::vector<CompiledFigure> figures(const std::vector<Figure>& said) {
  std::vector<CompiledFigure> result;
  for (const Figure& figure : said) result.push_back({figure.name, figure.value, ""});
  return result;
}

/// The value under a title, or "none".
std::string value_of(const std::vector<Figure>& said, std::string_view title) {
  for (const app::TitledFigure& figure : titled_figures(figures(said))) {
    if (figure.title == title) return figure.value;
  }
  return "none";
}

struct Driver {
  const char* name;
  std::vector<Figure> said;
  const char* registers;
  const char* spilled;
  const char* scratch;
};

// The names are those of Mesa 25.0 to 26.2 and of NVIDIA's driver.
const std::vector<Driver> kDrivers = {
    {"RADV",
     {{"Driver pipeline hash", "1"},
      {"SGPRs", "16"},
      {"VGPRs", "96"},
      {"Spilled SGPRs", "5"},
      {"Spilled VGPRs", "7"},
      {"Code size", "100"},
      {"LDS size", "512"},
      {"Scratch size", "64"},
      {"Subgroups per SIMD", "8"},
      {"Instructions", "20"},
      {"Pre-Sched VGPRs", "200"}},
     "96",
     "7",
     "64"},
    {"ANV 25.0",
     {{"Instruction Count", "20"},
      {"SEND Count", "3"},
      {"Spill Count", "7"},
      {"Fill Count", "9"},
      {"Scratch Memory Size", "64"},
      {"Max dispatch width", "32"},
      {"Max live registers", "300"},
      {"Workgroup Memory Size", "512"}},
     "300",
     "7",
     "64"},
    {"ANV 26.2",
     {{"Instructions", "20"},
      {"SENDs", "3"},
      {"Spills", "7"},
      {"Fills", "9"},
      {"Scratch Memory Size", "64"},
      {"GRF registers", "128"},
      {"Max live registers", "300"}},
     "128",
     "7",
     "64"},
    {"HASVK",
     {{"Spill Count", "7"}, {"Fill Count", "9"}, {"Scratch Memory Size", "64"}},
     "none",
     "7",
     "64"},
    {"NVK",
     {{"Instruction count", "20"},
      {"Static cycle count", "40"},
      {"Max warps/SM", "48"},
      {"Number of GPRs", "255"},
      {"Spills to memory", "7"},
      {"Fills from memory", "9"},
      {"Spills to reg", "11"},
      {"Fills from reg", "12"},
      {"SLM size", "64"}},
     "255",
     "7",
     "64"},
    {"Turnip",
     {{"Max Waves Per Core", "16"},
      {"Registers used", "48"},
      {"Half-registers used", "90"},
      {"STP Count", "7"},
      {"LDP Count", "9"}},
     "48",
     "7",
     "none"},
    {"Honeykrisp",
     {{"GPRs", "256"}, {"Scratch", "64"}, {"Spills", "7"}, {"Fills", "9"}},
     "256",
     "7",
     "64"},
    {"PanVK",
     {{"Spills", "7"}, {"Fills", "9"}, {"Spill cost", "25"}, {"Registers used", "64"}},
     "64",
     "7",
     "none"},
    {"V3DV",
     {{"Instruction Count", "20"}, {"Spill Size", "64"}, {"TMU Spills", "7"}, {"TMU Fills", "9"}},
     "none",
     "7",
     "64"},
    {"PVR",
     {{"Code size", "100"},
      {"Scratch size", "64"},
      {"Spill count", "7"},
      {"Temp count", "248"},
      {"Inst group count", "20"}},
     "248",
     "7",
     "64"},
    {"NVIDIA",
     {{"Register Count", "255"},
      {"Binary Size", "100"},
      {"Stack Size", "0"},
      {"Local Memory Size", "64"},
      {"Shared Memory Size", "512"}},
     "255",
     "none",
     "64"},
};

}  // namespace

TEST_CASE("spills have one column whatever the driver calls them") {
  for (const Driver& driver : kDrivers) {
    CAPTURE(driver.name);
    CHECK(value_of(driver.said, "registers") == driver.registers);
    CHECK(value_of(driver.said, "spilled") == driver.spilled);
    CHECK(value_of(driver.said, "scratch B") == driver.scratch);
  }
}

TEST_CASE("a name is known in any case") {
  for (const char* name : {"spill count", "Spill count", "Spill Count", "SPILL COUNT"}) {
    CHECK(value_of({{name, "7"}}, "spilled") == "7");
  }
}

TEST_CASE("an unknown figure about spills keeps the driver's name") {
  CHECK(value_of({{"Spills to reg", "11"}}, "Spills to reg") == "11");
  CHECK(value_of({{"Spill cost", "25"}}, "Spill cost") == "25");
  CHECK(value_of({{"Bytes of SCRATCH per lane", "32"}}, "Bytes of SCRATCH per lane") == "32");
  CHECK(value_of({{"Registers that were spilled", "3"}}, "Registers that were spilled") == "3");
  CHECK(titled_figures(figures({{"Loops", "1"}, {"", "2"}})).empty());
  // Known titles come first.
  const auto titled = titled_figures(figures({{"Spill cost", "25"}, {"Spills", "7"}}));
  REQUIRE(titled.size() == 2);
  CHECK(titled[0].title == "spilled");
  CHECK(titled[1].title == "Spill cost");
}

TEST_CASE("of several variants of the code the largest spills count") {
  CHECK(value_of({{"Spills", "0"}, {"Spills", "12"}, {"Spills", "7"}}, "spilled") == "12");
  CHECK(value_of({{"Spill cost", "0"}, {"Spill cost", "25"}}, "Spill cost") == "25");
  CHECK(value_of({{"Scratch", "?"}, {"Scratch", "9"}, {"Scratch", "10"}}, "scratch B") == "10");
  CHECK(value_of({{"Subgroup size", "16"}, {"Subgroup size", "32"}}, "subgroup") == "16");
}

TEST_CASE("the table has a column for each figure of any pipeline") {
  CompiledPipeline plain;
  plain.kernel = "plain";
  plain.figures = figures({{"Spills", "0"}, {"Code size", "100"}});
  CompiledPipeline spilling;
  spilling.kernel = "spilling";
  spilling.figures = figures({{"Spill cost", "2571"}, {"TMU Spills", "1234"}});
  const std::string text = app::compiled_table({plain, spilling});
  for (const char* part : {"spilled", "1234", "code B", "Spill cost", "2571"}) {
    CAPTURE(part);
    CHECK(text.find(part) != std::string::npos);
  }
  CHECK(text.find("spilled") < text.find("code B"));
  CHECK(text.find("code B") < text.find("Spill cost"));
}
