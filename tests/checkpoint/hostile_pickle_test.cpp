#include <doctest/doctest.h>

#include <filesystem>
#include <limits>
#include <span>

#include "base/utf8.h"
#include "checkpoint/checkpoint_file.h"
#include "checkpoint/torch/key_text.h"
#include "gfnet/log.h"
#include "writers.h"

using namespace gfnet::test;

namespace {

constexpr std::int64_t kHuge = std::numeric_limits<std::int64_t>::max();

std::vector<SavedTensor> one_tensor() { return {float_tensor("a", {1, 2, 3, 4}, {2, 2})}; }

std::string zip_error(std::string_view object) {
  return read_error(torch_zip(object, one_tensor()));
}

std::string repeated(std::string_view text, std::size_t count) {
  std::string out;
  out.reserve(text.size() * count);
  for (std::size_t i = 0; i < count; ++i) out += text;
  return out;
}

bool contains(const std::string& text, std::string_view part) {
  INFO(text);
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a pickle that asks for system functions is refused and not run") {
  const std::filesystem::path trace = std::filesystem::temp_directory_path() / "gfnet-test-was-run";
  std::filesystem::remove(trace);
  const std::string command = pickled("touch " + trace.string()) + "\x85R";
  const std::string model = pickled("model") + pickled_state_dict(one_tensor());
  for (const auto& [module, name] : {std::pair{"os", "system"},
                                     {"posix", "system"},
                                     {"nt", "system"},
                                     {"subprocess", "Popen"},
                                     {"builtins", "eval"},
                                     {"builtins", "exec"},
                                     {"__builtin__", "eval"},
                                     {"builtins", "__import__"},
                                     {"os.path", "os.system"},
                                     {"runpy", "run_path"},
                                     {"importlib", "import_module"},
                                     {"socket", "socket"},
                                     {"ctypes", "CDLL"},
                                     {"pickle", "loads"},
                                     {"sys", "exit"},
                                     {"shutil", "rmtree"}}) {
    const std::string name_asked = std::string("asks for ") + module + "." + name;
    const std::string object = "}(" + pickled("x") + global(module, name) + command + model + "u";
    CHECK(contains(zip_error(object), name_asked));
    CHECK(contains(read_error(torch_legacy(object, one_tensor())), name_asked));
    // The object alone, with other opcodes for naming and calling, and as a bare pickle.
    CHECK(contains(zip_error(global(module, name) + command), name_asked));
    CHECK(contains(zip_error(pickled(module) + pickled(name) + "\x93" + command), name_asked));
    CHECK(contains(zip_error("(" + pickled("ls") + "i" + module + "\n" + name + "\n"), name_asked));
    CHECK(contains(read_error("\x80\x02" + global(module, name) + command + "."), name_asked));
    CHECK(contains(read_error(global(module, name) + "(S'ls'\ntR."), name_asked));
  }
  // Unknown callables are not refused, and not called.
  const std::string other = "}(" + pickled("x") + global("my.tools", "run") + command + model + "u";
  CHECK(zip_error(other).empty());
  CHECK_FALSE(std::filesystem::exists(trace));
}

TEST_CASE("hostile names are escaped and the message stays one line") {
  CHECK(contains(zip_error("(ios\nsystem\r\x1b[2J\n"), "asks for os.system\\x0d\\x1b[2J"));
  std::vector<SavedTensor> tensors = one_tensor();
  tensors[0].name = "a\nb" + std::string(500, 'x');
  tensors[0].shape = {9, 9};
  CHECK(
      contains(read_error(torch_zip(pickled_state_dict(tensors), tensors)), "tensor 'a\\x0abxxx"));
}

TEST_CASE("a tensor outside of its storage is refused") {
  const auto error = [](std::int64_t offset, std::vector<std::int64_t> shape,
                        std::vector<std::int64_t> strides) {
    std::vector<SavedTensor> tensors = one_tensor();
    tensors[0].offset = offset;
    tensors[0].shape = std::move(shape);
    tensors[0].strides = std::move(strides);
    const std::string object = pickled_state_dict(tensors);
    const std::string zip = read_error(torch_zip(object, tensors));
    CHECK(zip.empty() == read_error(torch_legacy(object, tensors)).empty());
    return zip;
  };
  CHECK(error(0, {2, 2}, {2, 1}).empty());
  CHECK(contains(error(1, {2, 2}, {2, 1}), "tensor 'a'"));
  CHECK_FALSE(error(0, {5}, {1}).empty());
  CHECK_FALSE(error(-1, {2}, {1}).empty());
  CHECK_FALSE(error(0, {-2, -2}, {2, 1}).empty());
  CHECK_FALSE(error(3, {2}, {-1}).empty());
  CHECK_FALSE(error(0, {2}, {2, 1}).empty());
  CHECK_FALSE(error(kHuge, {2}, {1}).empty());
  CHECK_FALSE(error(0, {kHuge, kHuge}, {1, 1}).empty());
  CHECK_FALSE(error(0, {kHuge}, {0}).empty());
  CHECK_FALSE(error(0, {2, 2}, {kHuge, kHuge}).empty());
  CHECK_FALSE(
      error(0, std::vector<std::int64_t>(100, 1), std::vector<std::int64_t>(100, 1)).empty());
}

TEST_CASE("wrong storages are refused") {
  const std::vector<SavedTensor> tensors = one_tensor();
  const std::string object = pickled_state_dict(tensors);
  const std::string pickle = std::string(kProto2) + object + ".";
  CHECK(contains(read_error(zip_file({{"m/data.pkl", pickle}})), "storage '0' is missing"));
  CHECK(contains(read_error(zip_file({{"m/data.pkl", pickle}, {"m/data/0", "1234"}})),
                 "4 bytes instead of 4 x 4"));
  CHECK(contains(read_error(torch_legacy(object, {})), "storage '0' is missing"));
  std::vector<SavedTensor> longer = tensors;
  longer[0].data += "1234";
  CHECK(contains(read_error(torch_legacy(object, longer)), "5 elements instead of 4"));
  std::vector<SavedTensor> more = {tensors[0], tensors[0]};
  CHECK(contains(read_error(torch_legacy(object, more)), "which its pickle does not describe"));
  std::vector<SavedTensor> quantised = tensors;
  quantised[0].storage_type = "QInt8Storage";
  quantised[0].element_size = 1;
  CHECK(contains(read_error(torch_zip(pickled_state_dict(quantised), quantised)),
                 "tensor 'a': is quantised (torch.QInt8Storage)"));
}

TEST_CASE("other byte orders are refused") {
  const std::vector<SavedTensor> tensors = one_tensor();
  const std::string pickle = std::string(kProto2) + pickled_state_dict(tensors) + ".";
  for (const auto& [order, error] :
       {std::pair{"little", ""}, {"big", "big-endian"}, {"odd", "'odd'"}}) {
    const std::string bytes =
        zip_file({{"m/data.pkl", pickle}, {"m/byteorder", order}, {"m/data/0", tensors[0].data}});
    CHECK(contains(read_error(bytes), error));
  }
  std::string legacy = torch_legacy(pickled_state_dict(tensors), tensors);
  const std::size_t flag = legacy.find("little_endian") + 13;
  REQUIRE(legacy[flag] == '\x88');
  legacy[flag] = '\x89';
  CHECK(contains(read_error(legacy), "big-endian"));
}

TEST_CASE("objects that are not a state dict are refused with their kind") {
  CHECK(contains(zip_error("N"), "holds None"));
  CHECK(contains(zip_error("K\x01"), "holds an integer"));
  CHECK(contains(zip_error("]"), "holds a list"));
  CHECK(contains(zip_error("}"), "holds a dictionary without"));
  CHECK(contains(zip_error(global("my.models", "GFNet") + ")\x81}b"), "class my.models.GFNet"));
  CHECK(contains(zip_error(pickled_tensor(one_tensor()[0], "0")), "holds a single tensor"));
  CHECK(contains(read_error("\x80\x02}."), "not one that torch.save wrote"));
}

TEST_CASE("broken pickles are refused") {
  const std::vector<std::string> broken = {
      "",
      ".",
      "0",
      "2",
      "t",
      "(t.t",
      "a",
      "]a",
      "}K\x01s",
      "}(K\x01u",
      "K\x01K\x02s",
      "R",
      "NR",
      "b",
      "h\x05",
      "j\x01" + std::string(3, '\0'),
      "g9\n",
      "gx\n",
      "p-1\n",
      "q\x01",
      "Ix\n",
      "L\n",
      "Sx\n",
      "S'\n",
      "c",
      "cos",
      "NN\x93",
      "X\xff\xff\xff\xff",
      "\x8d" + std::string(8, '\xff'),
      "\x8b\xff\xff\xff\xff",
      "\x8e" + std::string(8, '\xff'),
      "\x95" + std::string(8, '\xff'),
      "\x80\x09",
      "\x97",
      "\xfe",
      "Q",
      "o",
      "(o",
      "\x92",
      "\x81",
      "(Q",
      "(\x85",
      "N(a",
      "(" + pickled("storage") + "tQ",
      "(" + pickled("storage") + "NNNNtQ",
      "(" + pickled("storage") + global("torch", "FloatStorage") + pickled("0") + "N" +
          pickled("4") + "tQ",
      "(" + pickled("storage") + global("torch", "FloatStorage") + pickled("0") +
          "NJ\xff\xff\xff\xfftQ",
      "(" + pickled("storage") + global("foo", "FloatStorage") + pickled("0") + "NK\x04tQ",
      global("torch._utils", "_rebuild_tensor_v2") + ")R",
      global("torch._utils", "_rebuild_tensor_v2") + "NR",
      global("torch._utils", "_rebuild_tensor_v2") + "(NNNNtR",
      global("collections", "OrderedDict") + "](K\x01K\x02e\x85R",
  };
  for (std::size_t i = 0; i < broken.size(); ++i) {
    INFO("pickle " << i);
    CHECK_FALSE(zip_error(broken[i]).empty());
    CHECK_FALSE(read_error(torch_legacy(broken[i], {})).empty());
  }
}

TEST_CASE("pickle bombs end in bounded time and memory") {
  constexpr std::size_t kMany = 900'000;
  const std::string state = pickled_state_dict(one_tensor());
  const auto beside_state = [&](const std::string& other) {
    return zip_error("}(" + pickled("x") + other + pickled("model") + state + "u");
  };
  SUBCASE("deep nesting") {
    CHECK(beside_state(repeated("]", kMany / 2) + repeated("a", kMany / 2 - 1)).empty());
    CHECK(beside_state("N" + repeated("\x85", kMany)).empty());
    CHECK_FALSE(zip_error(repeated("}" + pickled("model"), 100'000)).empty());
    CHECK(contains(
        zip_error(repeated("}" + pickled("model"), 100'000) + "N" + repeated("s", 100'000)),
        "without a tensor"));
  }
  SUBCASE("each level twice the one below") {
    CHECK(beside_state("]" + repeated("q\x01h\x01\x86", 200'000)).empty());
    CHECK(beside_state("N" + repeated("2\x86", 200'000)).empty());
  }
  SUBCASE("cycles") {
    CHECK(beside_state("]q\x01h\x01"
                       "a")
              .empty());
    CHECK(contains(zip_error("}q\x01" + pickled("model") + "h\x01s"), "without a tensor"));
    CHECK(contains(zip_error("}q\x01(" + pickled("model") + "h\x01" + pickled("state_dict") +
                             "h\x01" + pickled("model_ema") + "h\x01u"),
                   "without a tensor"));
  }
  SUBCASE("more objects than any checkpoint") {
    CHECK(contains(zip_error(repeated("N", 10'000'000)), "more objects"));
    CHECK(contains(zip_error(repeated("(", 10'000'000)), "more objects"));
    CHECK(contains(zip_error("N" + repeated("2", 10'000'000)), "more objects"));
  }
  SUBCASE("a large list copied again and again") {
    const std::string list = "](" + repeated("NN\x86", 10'000) + "eq\x01";
    const std::string copy = global("collections", "OrderedDict") + "h\x01\x85R";
    CHECK(contains(zip_error(list + repeated(copy, 100'000)), "more objects"));
  }
  SUBCASE("a large dictionary that is the metadata of many tensors") {
    const std::string metadata =
        "}(" + pickled("neg") + "q\x02\x89" + repeated("h\x02\x89", 50'000) + "uq\x01";
    const std::string tensor = pickled_tensor(one_tensor()[0], "0", "h\x01");
    CHECK(contains(zip_error(metadata + repeated(tensor, 1000)), "more objects"));
  }
  SUBCASE("long names joined again and again") {
    const std::string name = pickled(std::string(400, 'a')) + "q\x01" + "0";
    CHECK_FALSE(zip_error(name + repeated("h\x01h\x01\x93", 100)).empty());
    std::string names;
    for (int i = 0; i < 5000; ++i) names += global("m", std::to_string(i));
    CHECK(contains(zip_error(names), "more globals"));
  }
  SUBCASE("huge integers") {
    CHECK(beside_state("\x8b" + little(20'000'000, 4) + std::string(20'000'000, '\x7f')).empty());
    CHECK(beside_state("L" + std::string(5'000'000, '9') + "L\n").empty());
    CHECK(contains(zip_error("Nr\xff\xff\xff\xff"), "too high a number"));
  }
}

TEST_CASE("dictionaries that are not listed because of too many other keys are mentioned, once") {
  for (const std::int64_t count : {4096, 4097, 5000}) {
    CAPTURE(count);
    std::string object = "}(";
    for (std::int64_t i = 0; i < count; ++i) object += pickled(i) + "}";
    const std::string bytes = torch_zip(object + "u", one_tensor());
    std::vector<std::string> warnings;
    gfnet::set_log_sink([&](gfnet::LogLevel level, std::string_view line) {
      if (level == gfnet::LogLevel::kWarning) warnings.emplace_back(line);
    });
    const auto file = gfnet::checkpoint::open_checkpoint(std::as_bytes(std::span(bytes)), "file");
    gfnet::set_log_sink({});
    CHECK(file.dictionaries().front().entries.size() == 4096);
    CHECK(warnings.size() == (count > 4096 ? 1 : 0));
    if (!warnings.empty()) CHECK(contains(warnings.front(), "more than 4096 keys"));
  }
}

TEST_CASE("the name of a key is not cut within a letter") {
  for (std::size_t ahead = 0; ahead < 8; ++ahead) {
    CAPTURE(ahead);
    for (const std::string_view letter : {"\u00e4", "\u732b", "\U0001F408"}) {
      const std::string name = std::string(ahead, 'a') + repeated(letter, 40);
      gfnet::checkpoint::Value key;
      key.kind = gfnet::checkpoint::ValueKind::kOpaque;
      key.text = name;
      const std::string text = gfnet::checkpoint::key_text({}, key, 7);
      CHECK(gfnet::is_utf8(text));
      CHECK(text.ends_with("#7"));
      CHECK(text.size() <= 34);
      CHECK(text.size() > 30);
    }
  }
}
