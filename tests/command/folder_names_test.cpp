// Names of folders for labels.
#include "sorting/folder_names.h"

#include <doctest/doctest.h>

#include <set>
#include <string>

#include "support/reference_files.h"

using gfnet::Model;

namespace {

/// The names for these labels of a model with ten classes; the other classes have plain labels.
std::vector<std::string> names(std::vector<std::string> labels) {
  Model model = Model::load(gfnet::test::reference_file("flat-8x8-32px.pth"));
  while (labels.size() < 10) labels.push_back("plain " + std::to_string(labels.size()));
  model.set_labels(labels);
  return app::folder_names(model);
}

}  // namespace

TEST_CASE("folder names: plain labels stay, also in other scripts") {
  const auto plain = names({"cat", "sulphur-crested cockatoo", "Käse", "猫", "a.b", "x, y"});
  CHECK(plain[0] == "cat");
  CHECK(plain[1] == "sulphur-crested cockatoo");
  CHECK(plain[2] == "Käse");
  CHECK(plain[3] == "猫");
  CHECK(plain[4] == "a.b");
  CHECK(plain[5] == "x, y");
}

TEST_CASE("folder names: no label leads out of the folder or gives a name that systems refuse") {
  const auto odd =
      names({"..", ".", "a/b", "/etc/passwd", "../../x", "con:\\*?\"<>|", "a\nb\x01", ".x. ", " "});
  CHECK(odd[0] == "__");
  CHECK(odd[1] == "_");
  CHECK(odd[2] == "a_b");
  CHECK(odd[3] == "_etc_passwd");
  CHECK(odd[4] == "___.._x");
  CHECK(odd[5] == "con________");
  CHECK(odd[6] == "a_x0ab_x01");
  CHECK(odd[7] == "_x__");
  CHECK(odd[8] == "_ (8)");
}

TEST_CASE("folder names: long labels are cut between characters, and no two names are the same") {
  const std::string end = "猫猫猫";
  const auto cut =
      names({std::string(5000, 'x'), std::string(5000, 'x') + "y", "Cat", "cat", "cat (3)", "",
             "unsure", "Unsure", std::string(98, 'a') + end, std::string(99, 'a') + end});
  CHECK(cut[0] == std::string(100, 'x'));
  CHECK(cut[1] == std::string(100, 'x') + " (1)");
  CHECK(cut[2] == "Cat");
  CHECK(cut[3] == "cat (3)");
  CHECK(cut[4] == "cat (3) (4)");
  CHECK(cut[6] == "unsure (6)");
  CHECK(cut[7] == "Unsure (7)");
  CHECK(cut[8] == std::string(98, 'a'));
  CHECK(cut[9] == std::string(99, 'a'));
  std::set<std::string> different;
  for (const std::string& name : cut) different.insert(gfnet::lower_case(name));
  CHECK(different.size() == cut.size());
  CHECK(different.count("") == 0);
}

TEST_CASE("folder names: a model without labels") {
  Model model = Model::load(gfnet::test::reference_file("flat-8x8-32px.pth"));
  const auto unlabelled = app::folder_names(model);
  CHECK(unlabelled[3] == "class 3");
}
