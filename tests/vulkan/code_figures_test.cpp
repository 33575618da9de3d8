#include "vulkan/pipelines/code_figures.h"

#include <doctest/doctest.h>

namespace {

using gfnet::vulkan::CodeFigure;

/// A statistic in the driver's words.
struct Statistic {
  const char* name;
  const char* value;
  const char* description = "";
};

std::vector<CodeFigure> figures(const std::vector<Statistic>& said) {
  std::vector<gfnet::vulkan::PipelineStatistic> statistics;
  for (const Statistic& statistic : said) {
    statistics.push_back({"main", statistic.name, statistic.value, statistic.description});
  }
  return gfnet::vulkan::code_figures(statistics);
}

/// The value under a title, or "none" if it is empty or there is no such title.
std::string value_of(const std::vector<Statistic>& said, std::string_view title) {
  for (const CodeFigure& figure : figures(said)) {
    if (figure.title == title && !figure.value.empty()) return figure.value;
  }
  return "none";
}

struct Driver {
  const char* name;
  std::vector<Statistic> said;
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
    {"ANV 26.2 before Xe3, whose register file has one size",
     {{"Spills", "7"},
      {"Fills", "9"},
      {"Scratch Memory Size", "64"},
      {"GRF registers", "0"},
      {"Max live registers", "300"}},
     "300",
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
  // Known titles come first: the same ones whatever the driver says.
  const std::size_t known = figures({{"Loops", "1"}, {"", "2"}}).size();
  for (const CodeFigure& figure : figures({{"Loops", "1"}, {"", "2"}})) CHECK(figure.value.empty());
  const std::vector<CodeFigure> titled = figures({{"Spill cost", "25"}, {"Spills", "7"}});
  REQUIRE(titled.size() == known + 1);
  CHECK(titled.back().title == "Spill cost");
}

TEST_CASE("of several variants of the code the largest spills count") {
  CHECK(value_of({{"Spills", "0"}, {"Spills", "12"}, {"Spills", "7"}}, "spilled") == "12");
  CHECK(value_of({{"Spill cost", "0"}, {"Spill cost", "25"}}, "Spill cost") == "25");
  CHECK(value_of({{"Scratch", "?"}, {"Scratch", "9"}, {"Scratch", "10"}}, "scratch B") == "10");
  CHECK(value_of({{"Subgroup size", "16"}, {"Subgroup size", "32"}}, "subgroup") == "16");
}

TEST_CASE("the size of the code is in bytes, whatever the driver counts") {
  CHECK(value_of({{"Code size", "1152",
                   "Total number of dwords in the final generated shader executable."}},
                 "code B") == "4608");
  CHECK(value_of({{"Code size", "4304", "Size of the compiled shader binary, in bytes"}},
                 "code B") == "4304");
  CHECK(value_of({{"Binary Size", "100"}}, "code B") == "100");
}

TEST_CASE("occupancy keeps the driver's unit in its title") {
  CHECK(value_of({{"Subgroups per SIMD", "8"}}, "subgroups/SIMD") == "8");
  CHECK(value_of({{"Thread Count", "4"}}, "subgroups/SIMD") == "4");
  CHECK(value_of({{"Max warps/SM", "48"}}, "subgroups/core") == "48");
  CHECK(value_of({{"Max Waves Per Core", "16"}}, "subgroups/core") == "16");
  CHECK(value_of({{"Threads", "1024"}}, "threads/core") == "1024");
}
