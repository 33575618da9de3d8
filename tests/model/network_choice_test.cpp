#include "model/network_choice.h"

#include <doctest/doctest.h>

#include "checkpoint/writers.h"
#include "gfnet/error.h"
#include "gfnet/model.h"
#include "model/config.h"
#include "model/network_reader.h"
#include "support/synthetic_checkpoint.h"

using namespace gfnet;
using namespace gfnet::test;

namespace {

/// The tensors of a small GFNet, with a prefix before their names. value: of every element of the
/// head's bias, to tell networks apart.
std::vector<SavedTensor> network(const std::string& prefix, float value = 1) {
  Random random;
  std::vector<SavedTensor> saved;
  for (const auto& [name, tensor] : synthetic_tensors({}, random)) {
    std::vector<float> values = tensor.values;
    if (name == "head.bias") std::ranges::fill(values, value);
    saved.push_back(float_tensor(prefix + name, values, tensor.shape.dims()));
  }
  return saved;
}

std::vector<SavedTensor> operator+(std::vector<SavedTensor> a, const std::vector<SavedTensor>& b) {
  a.insert(a.end(), b.begin(), b.end());
  return a;
}

/// A file that collects tensors while its object is written.
class FileWriter {
 public:
  /// Opcodes that push {name: tensor}, with more opcodes for further pairs.
  std::string dict(const std::vector<SavedTensor>& tensors, const std::string& more = "") {
    std::string object = "}(";
    for (const SavedTensor& tensor : tensors) {
      object += pickled(tensor.name) + pickled_tensor(tensor, std::to_string(saved_.size()));
      saved_.push_back(tensor);
    }
    return object + more + "u";
  }
  std::string zip(const std::string& object) const { return torch_zip(object, saved_); }
  std::string legacy(const std::string& object) const { return torch_legacy(object, saved_); }

 private:
  std::vector<SavedTensor> saved_;
};

model::Network read(const std::string& bytes, const std::string& weights = "") {
  return model::read_network(checkpoint::open_checkpoint(std::as_bytes(std::span(bytes)), "file"),
                             weights);
}

/// "NAME=VALUE": the place that was chosen and the head's bias of the network there.
std::string chosen(const std::string& bytes, const std::string& weights = "") {
  const model::Network network = read(bytes, weights);
  model::infer_config(network.checkpoint);
  return network.weights + "=" +
         std::to_string(static_cast<int>(network.checkpoint.at("head.bias").to_f32()[0]));
}

std::string error(const std::string& bytes, const std::string& weights = "") {
  try {
    model::infer_config(read(bytes, weights).checkpoint);
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a prefix that all of the network's tensors share is stripped") {
  for (const std::string prefix :
       {"", "module.", "_orig_mod.", "model.", "net.", "backbone.", "encoder.", "0.", "a.b.c.d.",
        "student.backbone.", "module._orig_mod.", "_orig_mod.module.model.", "blocks.", "head."}) {
    CAPTURE(prefix);
    FileWriter file;
    const std::string object = file.dict(network(prefix, 5));
    const std::string place = prefix.empty() ? "." : prefix.substr(0, prefix.size() - 1);
    CHECK(chosen(file.zip(object)) == place + "=5");
    CHECK(chosen(file.legacy(object)) == place + "=5");
    FileWriter nested;
    const std::string inner = pickled_dict("state_dict", nested.dict(network(prefix, 6)));
    CHECK(chosen(nested.zip(inner)) ==
          (prefix.empty() ? "state_dict" : "state_dict." + place) + "=6");
  }
  // Other tensors do not have the prefix.
  FileWriter beside;
  const std::string object = beside.dict(
      network("model.") + std::vector<SavedTensor>{float_tensor("criterion.weight", {1}, {1}),
                                                   float_tensor("models.head.bias", {1}, {1})});
  const model::Network found = read(beside.zip(object));
  CHECK(found.weights == "model");
  REQUIRE(found.passed_over.size() == 2);
  CHECK(found.passed_over[0].name == "criterion.weight");
  CHECK(found.passed_over[0].kind == "f32 [1]");
}

TEST_CASE("a state dict is found under any key, also two levels down") {
  for (const std::string key :
       {"model", "state_dict", "model_state_dict", "state_dict_ema", "model_ema", "module", "net",
        "ema", "params", "weights", "any key"}) {
    CAPTURE(key);
    FileWriter file;
    const std::string object = pickled_dict(key, file.dict(network("", 3)));
    CHECK(chosen(file.zip(object)) == key + "=3");
    CHECK(chosen(file.legacy(object)) == key + "=3");
    FileWriter deep;
    const std::string deeper =
        pickled_dict("checkpoint", pickled_dict(key, deep.dict(network("module.", 4))));
    CHECK(chosen(deep.zip(deeper)) == "checkpoint." + key + ".module=4");
  }
}

TEST_CASE("a state dict is found under keys that are no strings") {
  const std::vector<std::pair<std::string, std::string>> keys{
      {std::string("K\x00", 2), "0"},
      {pickled(-70000), "-70000"},
      {"\x88", "True"},
      {"N", "None"},
      {pickled_tuple({1, 2}), "(1, 2)"},
      {pickled("fold") + "\x85", "('fold',)"},
      {"C\x01m", "bytes#0"},
      {global("_codecs", "encode") + pickled("m") + pickled("latin1") + "\x86R", "bytes#0"},
      {pickled_tuple({1, 2}) + "\x85", "tuple#0"}};
  for (const auto& [key, name] : keys) {
    CAPTURE(name);
    FileWriter file;
    const std::string object = "}(" + key + file.dict(network("", 3)) + "u";
    CHECK(chosen(file.zip(object)) == name + "=3");
    CHECK(chosen(file.legacy(object)) == name + "=3");
    FileWriter two;
    const std::string first = "}(" + key + two.dict(network("", 1));
    const std::string both = first + pickled("other") + two.dict(network("", 2)) + "u";
    CHECK(chosen(two.zip(both), name) == name + "=1");
    CHECK(read(two.zip(both), "other").passed_over.front().name == name);
  }
}

TEST_CASE("tensors under keys that are no strings are named for what they are") {
  const std::vector<std::pair<std::string, std::string>> keys{{std::string("K\x00", 2), "integer"},
                                                              {"C\x01m", "bytes"},
                                                              {pickled_tuple({1}), "tuple"},
                                                              {"N", "None"}};
  for (const auto& [key, kind] : keys) {
    CAPTURE(kind);
    const SavedTensor tensor = float_tensor("a", {1}, {1});
    const std::string object = "}(" + key + pickled_tensor(tensor, "0") + "u";
    CHECK(contains(error(torch_zip(object, {tensor})), "the type of a key is " + kind + ","));
    CHECK(contains(error(torch_zip(pickled_dict("model", object), {tensor})),
                   "the type of a key is " + kind + ","));
  }
  FileWriter pair;
  CHECK(contains(error(pair.zip(pair.dict(network("")) + "N\x86")), "holds a tuple"));
}

TEST_CASE("of several networks, a documented one is taken, or the one that is asked for") {
  struct Case {
    std::vector<std::string> keys;
    std::string weights;
    std::string expected;
  };
  // Networks are numbered in the order of the keys.
  for (const Case& c : std::vector<Case>{
           {{"model_ema", "model"}, "", "model=1"},
           {{"state_dict_ema", "state_dict"}, "", "state_dict=1"},
           {{"params_ema", "params"}, "", "params=1"},
           {{"state_dict", "model"}, "", "model=1"},
           {{"model_state_dict", "state_dict"}, "", "state_dict=1"},
           {{"best", "model_state_dict"}, "", "model_state_dict=1"},
           {{"ema"}, "", "ema=0"},
           {{"netEMA", "net"}, "", "net=1"},
           {{"swa", "net"}, "", "net=1"},
           {{"model_ema", "model"}, "ema", "model_ema=0"},
           {{"model_ema", "model"}, "model", "model=1"},
           {{"model_ema", "model"}, "model_ema", "model_ema=0"},
           {{"state_dict_ema", "state_dict"}, "ema", "state_dict_ema=0"},
           {{"state_dict_ema", "state_dict"}, "model", "state_dict=1"},
           {{"student", "teacher"}, "teacher", "teacher=1"},
       }) {
    CAPTURE(c.keys.front());
    CAPTURE(c.weights);
    FileWriter file;
    std::string object = "}(";
    for (std::size_t i = 0; i < c.keys.size(); ++i) {
      object += pickled(c.keys[i]) + file.dict(network("", static_cast<float>(i)));
    }
    CHECK(chosen(file.zip(object + "u"), c.weights) == c.expected);
  }
}

TEST_CASE("networks beside one another are chosen by a part of their prefix") {
  FileWriter file;
  const std::string object = pickled_dict(
      "state_dict", file.dict(network("student.backbone.", 1) + network("teacher.backbone.", 2) +
                              std::vector{float_tensor("student.head.0", {1}, {1})}));
  const std::string bytes = file.zip(object);
  CHECK(contains(error(bytes),
                 "holds 2 networks: 'state_dict.student.backbone', 'state_dict.teacher.backbone'; "
                 "choose one with --weights"));
  for (const char* weights :
       {"teacher", "teacher.backbone", "state_dict.teacher", "state_dict.teacher.backbone"}) {
    CHECK(chosen(bytes, weights) == "state_dict.teacher.backbone=2");
  }
  CHECK(contains(error(bytes, "backbone"), "holds 2 networks"));
  CHECK(contains(error(bytes, "state_dict"), "holds 2 networks"));
  for (const char* weights : {"teach", "ema", "teacher.", "student.head", "x\n"}) {
    CHECK(contains(error(bytes, weights), "holds no weights '"));
  }

  // An average beside the model: the default is not guessed.
  FileWriter average;
  const std::string both =
      average.zip(average.dict(network("model.", 1) + network("model_ema.", 2)));
  CHECK(contains(error(both), "holds 2 networks: 'model', 'model_ema'"));
  CHECK(chosen(both, "model") == "model=1");
  CHECK(chosen(both, "ema") == "model_ema=2");
  FileWriter outer;
  const std::string within = outer.zip(outer.dict(network("", 1) + network("ema.", 2)));
  CHECK(contains(error(within), "holds 2 networks: '.', 'ema'"));
  CHECK(chosen(within, ".") == ".=1");
  CHECK(chosen(within, "model") == ".=1");
  CHECK(chosen(within, "ema") == "ema=2");
  FileWriter dictionaries;
  std::string object2 = "}(" + pickled("student") + dictionaries.dict(network("")) +
                        pickled("teacher") + dictionaries.dict(network("")) + "u";
  CHECK(contains(error(dictionaries.zip(object2)), "holds 2 networks: 'student', 'teacher'"));
}

TEST_CASE("a file with very many networks is refused") {
  std::vector<SavedTensor> tensors;
  for (int i = 0; i < 100; ++i) {
    tensors.push_back(
        float_tensor("n" + std::to_string(i) + ".patch_embed.proj.weight", {1}, {1, 1, 1, 1}));
  }
  FileWriter file;
  CHECK(contains(error(file.zip(file.dict(tensors))), "holds more than 64 networks"));
  tensors.resize(20);
  FileWriter fewer;
  const std::string message = error(fewer.zip(fewer.dict(tensors)));
  CHECK(contains(message, "holds 20 networks: 'n0', "));
  CHECK(contains(message, " and 12 more; choose one with --weights"));
}

TEST_CASE("a network of another kind beside a GFNet is not taken for one") {
  FileWriter file;
  const std::string bytes =
      file.zip(file.dict(network("student.", 1) +
                         std::vector{float_tensor("teacher.patch_embed.proj.weight", {1}, {1}),
                                     float_tensor("teacher.blocks.0.attn.qkv", {1}, {1})}));
  CHECK(chosen(bytes) == "student=1");
}

TEST_CASE("counters and statistics among the tensors are passed over; other tensors are refused") {
  const SavedTensor counter = {
      "num_batches_tracked", bytes_of<std::int64_t>({7}), {}, {}, 0, "LongStorage", 8};
  const auto with = [&](SavedTensor extra, const std::string& name,
                        const std::string& prefix = "") {
    extra.name = prefix + name;
    FileWriter file;
    return file.zip(file.dict(network(prefix) + std::vector{extra}));
  };
  const SavedTensor number = float_tensor("", {1}, {1});
  for (const std::string prefix : {"", "module."}) {
    for (const char* name : {"total_ops", "total_params", "blocks.0.total_ops", "head.total_params",
                             "mean", "std", "pixel_mean", "normalize.mean", "norm_layer.std"}) {
      CAPTURE(name);
      const std::string bytes = with(number, name, prefix);
      CHECK(error(bytes) == "");
      const model::Network found = read(bytes);
      REQUIRE(found.passed_over_count == 1);
      CHECK(found.passed_over[0].name == prefix + name);
    }
    for (const char* name :
         {"num_batches_tracked", "blocks.0.norm1.num_batches_tracked", "epoch"}) {
      CHECK(error(with(counter, name, prefix)) == "");
    }
    for (const char* name : {"head_dist.weight", "cls_token", "blocks.0.attn.qkv.weight",
                             "blocks.0.mean", "bn.running_mean", "norm.std", "fc"}) {
      CAPTURE(name);
      CHECK(contains(error(with(number, name, prefix)), "does not belong to a GFNet"));
    }
  }
  CHECK(contains(error(with(counter, "blocks.0.extra.bias")), "does not belong"));
}

TEST_CASE("altered tensors are refused by what was done to them") {
  const auto altered = [](const std::string& name, const std::vector<std::string>& parts) {
    std::vector<SavedTensor> tensors = network("");
    const auto place = std::ranges::find(tensors, name, &SavedTensor::name);
    REQUIRE(place != tensors.end());
    const SavedTensor old = *place;
    tensors.erase(place);
    for (const std::string& part : parts) {
      tensors.push_back(old);
      tensors.back().name = part;
    }
    FileWriter file;
    return error(file.zip(file.dict(tensors)));
  };
  for (const std::string name :
       {"head.weight", "patch_embed.proj.weight", "blocks.0.norm1.weight",
        "blocks.0.mlp.fc1.weight", "blocks.0.filter.complex_weight", "pos_embed", "norm.bias"}) {
    CAPTURE(name);
    CHECK(contains(altered(name, {name + "_orig", name + "_mask"}), "is pruned"));
    if (!name.ends_with(".weight")) continue;
    CHECK(contains(altered(name, {name + "_g", name + "_v"}), "is weight-normed"));
    CHECK(contains(altered(name, {name + "_orig", name + "_u", name + "_v"}), "has spectral norm"));
    const std::string stem = name.substr(0, name.size() - 6) + "parametrizations.weight.original";
    CHECK(contains(altered(name, {stem + "0", stem + "1"}), "is weight-normed"));
    CHECK(contains(altered(name, {stem}), "is parametrised"));
  }
  CHECK(contains(altered("head.weight", {"head.qweight", "head.scales"}), "is quantised"));
  CHECK(contains(altered("head.weight", {"head.base_layer.weight"}), "LoRA"));
  CHECK(contains(altered("head.weight", {}), "tensor 'head.weight': is missing"));

  // Entries that are no plain tensors.
  for (const auto& [function, said] :
       {std::pair{"_rebuild_sparse_tensor", "is sparse"},
        {"_rebuild_sparse_csr_tensor", "is sparse"},
        {"_rebuild_qtensor", "is quantised"},
        {"_rebuild_nested_tensor", "is a nested tensor"},
        {"_rebuild_meta_tensor_no_storage", "is on the meta device"},
        {"_rebuild_wrapper_subclass", "is a tensor of a class of its own"}}) {
    for (const std::string name : {"head.weight", "blocks.0.mlp.fc1.bias", "extra.weight"}) {
      CAPTURE(name);
      std::vector<SavedTensor> tensors = network("");
      std::erase_if(tensors, [&](const SavedTensor& each) { return each.name == name; });
      FileWriter file;
      const std::string bytes =
          file.zip(file.dict(tensors, pickled(name) + global("torch._utils", function) + ")R"));
      CAPTURE(std::string(function));
      CHECK(contains(error(bytes), "tensor '" + name + "': " + said));
    }
  }
  // What is no tensor at all.
  for (const auto& [object, said] : {std::pair{pickled("x"), "is a string, not a tensor"},
                                     {std::string("]"), "is a list, not a tensor"},
                                     {std::string("K\3"), "is an integer, not a tensor"},
                                     {std::string("N"), "is missing"}}) {
    std::vector<SavedTensor> tensors = network("");
    std::erase_if(tensors, [](const SavedTensor& each) { return each.name == "head.weight"; });
    FileWriter file;
    const std::string bytes = file.zip(file.dict(tensors, pickled("head.weight") + object));
    CHECK(contains(error(bytes), std::string("tensor 'head.weight': ") + said));
  }
  FileWriter file;
  std::vector<SavedTensor> tensors = network("");
  std::erase_if(tensors, [](const SavedTensor& each) { return each.name.starts_with("head."); });
  const std::string packed =
      file.zip(file.dict(tensors, pickled("head._packed_params._packed_params") + "NN\x86" +
                                      pickled("head.scale") + "N"));
  CHECK(contains(error(packed), "tensor 'head.weight': is quantised"));
}

TEST_CASE("a network without a head has no classes") {
  FileWriter file;
  std::vector<SavedTensor> tensors = network("backbone.");
  std::erase_if(tensors,
                [](const SavedTensor& each) { return each.name.find("head.") != each.name.npos; });
  const std::string bytes =
      file.zip(file.dict(tensors + std::vector{float_tensor("fc.weight", {1}, {1})}));
  const Model model = Model::load(std::as_bytes(std::span(bytes)), "file");
  CHECK_FALSE(model.has_head());
  CHECK(model.description().classes == 0);
  CHECK(model.labels().empty());
  CHECK(model.at({16, 16}).has_head() == false);
}

TEST_CASE("a file without a network says what it holds instead") {
  const auto of = [](const std::string& object) { return error(FileWriter().zip(object)); };
  CHECK(contains(of("N"), "holds None; a state dict is needed"));
  CHECK(contains(of("]"), "holds a list; a state dict is needed"));
  CHECK(contains(of("}"), "holds a dictionary without tensors"));
  const std::string module = global("my.models", "GFNet") + ")\x81}(" + pickled("_parameters") +
                             "}" + pickled("_modules") + "}ub";
  CHECK(contains(of(module), "holds a pickled module of class my.models.GFNet, not a state dict"));
  for (const char* key : {"model", "net", "ema"}) {
    CHECK(contains(of(pickled_dict(key, module)),
                   std::string("holds a pickled module of class my.models.GFNet under '") + key));
  }
  FileWriter file;
  const std::string resnet = file.dict({float_tensor("conv1.weight", {1}, {1})});
  CHECK(contains(error(file.zip(resnet)), "holds no GFNet"));
  CHECK(contains(error(file.zip(pickled_dict("model", resnet))), "holds no GFNet"));
}
