#include "checkpoint/model_zoo.h"

#include <doctest/doctest.h>

#include <set>

#include "gfnet/error.h"

using namespace gfnet;

TEST_CASE("the zoo holds the seven published models and the bundled one") {
  std::set<std::string> names;
  for (const ZooModel& model : model_zoo()) {
    names.insert(model.name);
    CHECK(find_zoo_model(model.name) == &model);
    CHECK(model.file.starts_with(model.name));
    CHECK(model.top1 < model.top5);
    CHECK(model.bundled == model.source.empty());
    CHECK(model.bundled == (model.classes != 1000));
    CHECK(model.image % model.patch == 0);
    CHECK(model.pyramid == (model.channels.size() > 1));
  }
  CHECK(names == std::set<std::string>{"gfnet-ti", "gfnet-xs", "gfnet-s", "gfnet-b", "gfnet-h-ti",
                                       "gfnet-h-s", "gfnet-h-b", "gfnet-cifar10"});
  CHECK(find_zoo_model("gfnet") == nullptr);
}

TEST_CASE("an invalid manifest is refused") {
  for (const char* text : {"", "[", "[1]", R"([{"name": "a"}])", R"([{"name": 1}])"}) {
    CHECK_THROWS_AS(checkpoint::read_zoo(text), Error);
  }
}
