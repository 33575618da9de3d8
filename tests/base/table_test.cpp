#include "gfnet/table.h"

#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "gfnet/error.h"

using namespace gfnet;

TEST_CASE("a table's columns are as wide as their widest cells and lines end without spaces") {
  Table table({{"step"}, {"MiB", Align::kRight}, {"note"}});
  table.add({"7×7", "1.50", ""});
  table.add({"a longer one", "100", "here"});
  CHECK(table.text() ==
        "step           MiB  note\n"
        "────────────  ────  ────\n"
        "7×7           1.50\n"
        "a longer one   100  here\n");
}

TEST_CASE("a table without a rule or a head, and with columns of a least width") {
  Table table({{"step", Align::kLeft, 6}, {"MiB", Align::kRight, 5}});
  table.add({"a", "1"});
  CHECK(table.text(Table::Head::kTitles) ==
        "step      MiB\n"
        "a           1\n");
  CHECK(table.text(Table::Head::kNone) == "a           1\n");
}

TEST_CASE("a row has as many cells as the table has columns") {
  Table table({{"step"}, {"MiB"}});
  table.add({"a", "1"});
  for (const std::vector<std::string>& row : {std::vector<std::string>{}, {"a"}, {"a", "1", "2"}}) {
    CHECK_THROWS_AS(table.add(row), ArgumentError);
  }
  CHECK(table.text(Table::Head::kNone) == "a     1\n");
}
