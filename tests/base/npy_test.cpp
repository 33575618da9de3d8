#include "gfnet/npy.h"

#include <doctest/doctest.h>
#ifndef _WIN32
#include <sys/stat.h>
#endif

#include <cmath>
#include <cstring>
#include <iterator>
#include <string>

#include "gfnet/error.h"
#include "support/reference_files.h"
#include "support/temporary_directory.h"

namespace {

using namespace gfnet;
using namespace std::string_literals;

/// A file in the temporary folder, removed with the object.
class TemporaryFile {
 public:
  explicit TemporaryFile(const std::string& content = "")
      : path_(std::filesystem::temp_directory_path() /
              ("gfnet_npy_test_" + std::to_string(reinterpret_cast<std::uintptr_t>(this)))) {
    std::ofstream(path_, std::ios::binary) << content;
  }
  ~TemporaryFile() { std::filesystem::remove(path_); }
  TemporaryFile(const TemporaryFile&) = delete;
  TemporaryFile& operator=(const TemporaryFile&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::string content() const {
    std::ifstream file(path_, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
  }

 private:
  std::filesystem::path path_;
};

std::string npy(const std::string& dictionary, const std::string& data, char version = 1) {
  std::string length{static_cast<char>(dictionary.size()), '\0'};
  if (version > 1) length += "\0\0"s;
  return "\x93NUMPY"s + version + "\0"s + length + dictionary + data;
}

template <typename T>
std::string bytes_of(std::initializer_list<T> values) {
  std::string result(values.size() * sizeof(T), '\0');
  std::memcpy(result.data(), values.begin(), result.size());
  return result;
}

std::string failure(const std::string& content) {
  const TemporaryFile file(content);
  try {
    read_npy(file.path());
  } catch (const FormatError& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("read_npy reads back what write_npy wrote") {
  for (const Shape& shape : {Shape{}, Shape{5}, Shape{2, 3}, Shape{0, 4}, Shape{2, 3, 4, 5}}) {
    CAPTURE(shape.text());
    std::vector<float> values;
    for (std::int64_t i = 0; i < shape.elements(); ++i)
      values.push_back(0.25f * static_cast<float>(i) - 3);
    const TemporaryFile file;
    write_npy(file.path(), shape, values);
    const NpyArray array = read_npy(file.path());
    CHECK(array.shape == shape);
    CHECK(array.values == values);
    // numpy asks for data aligned to 64 bytes and a newline before them.
    const std::string content = file.content();
    const std::size_t start = content.size() - values.size() * sizeof(float);
    CHECK(start % 64 == 0);
    CHECK(content[start - 1] == '\n');
  }
}

TEST_CASE("rows are appended and counted") {
  const TemporaryFile file;
  NpyWriter writer(file.path(), Shape{3});
  writer.append(std::vector<float>{1, 2, 3});
  writer.append({});
  writer.append(std::vector<float>{4, 5, 6, 7, 8, 9});
  CHECK(writer.rows() == 3);
  writer.close();
  writer.close();
  const NpyArray array = read_npy(file.path());
  CHECK(array.shape == Shape{3, 3});
  CHECK(array.values == std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8, 9});
}

TEST_CASE("an empty stream is an array of no rows") {
  const TemporaryFile file;
  { const NpyWriter writer(file.path(), Shape{3, 224, 224}); }
  CHECK(read_npy(file.path()).shape == Shape{0, 3, 224, 224});
}

TEST_CASE("all supported data types and format versions are read") {
  const std::string order = "'fortran_order': False, 'shape': (3,), }";
  const std::vector<float> expected{0.0f, 1.5f, 2.0f};
  const auto read = [](const std::string& content) {
    return read_npy(TemporaryFile(content).path()).values;
  };
  CHECK(read(npy("{'descr': '<f4', " + order, bytes_of<float>({0, 1.5f, 2}))) == expected);
  CHECK(read(npy("{'descr': '<f8', " + order, bytes_of<double>({0, 1.5, 2}), 2)) == expected);
  CHECK(read(npy("{\"descr\": \"<f2\", " + order, bytes_of<std::uint16_t>({0, 0x3E00, 0x4000}),
                 3)) == expected);
  CHECK(read(npy("{'descr': '|u1', " + order, "\x00\xFF\x02"s)) ==
        std::vector<float>{0.0f, 255.0f, 2.0f});
  CHECK(read(npy("{'shape':(1L,3),'fortran_order':False,'descr':'<f4'}\n",
                 bytes_of<float>({0, 1.5f, 2}))) == expected);
}

TEST_CASE("a writer's file is readable at any moment and can be resumed") {
  const TemporaryFile file;
  const std::filesystem::path path = file.path();
  const Shape row{2};
  std::vector<float> values;
  {
    NpyWriter writer(path, row);
    CHECK(read_npy(path).shape == Shape{0, 2});
    for (const float first : {1.0f, 3.0f, 5.0f}) {
      const std::vector<float> added{first, first + 1};
      writer.append(added);
      values.insert(values.end(), added.begin(), added.end());
      CHECK(read_npy(path).values == values);
      CHECK(writer.rows() == static_cast<std::int64_t>(values.size() / 2));
    }
  }
  // Cut inside a row, with a header that claims more rows, as after a system crash.
  std::filesystem::resize_file(path, std::filesystem::file_size(path) - 3);
  CHECK_THROWS_AS(NpyWriter(path, row, 3), FormatError);
  // A row has 8 bytes: 2⁶¹ + 1 rows have 8 bytes, modulo 2⁶⁴.
  CHECK_THROWS_AS(NpyWriter(path, row, (std::int64_t{1} << 61) + 1), FormatError);
  CHECK_THROWS_AS(NpyWriter(path, Shape{1}, 2), FormatError);
  CHECK_THROWS_AS(NpyWriter(path, Shape{2, 1}, 2), FormatError);
  CHECK_THROWS_AS(NpyWriter(path.string() + ".missing", row, 0), FormatError);
  {
    NpyWriter writer(path, row, 1);
    CHECK(read_npy(path).values == std::vector<float>{1, 2});
    writer.append(std::vector<float>{7, 8});
    writer.close();
  }
  CHECK(read_npy(path).values == std::vector<float>{1, 2, 7, 8});

  // An array of another data type with the same number of bytes.
  std::ofstream(path, std::ios::binary)
      << npy("{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2), }", std::string(16, '\0'));
  CHECK_THROWS_AS(NpyWriter(path, row, 1), FormatError);
}

TEST_CASE("an invalid file is refused with its cause") {
  const std::string good = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";
  const std::string data(8, '\0');
  REQUIRE(failure(npy(good, data)) == "");
  CHECK(contains(failure(""), "empty"));
  CHECK(contains(failure("PK\x03\x04 this is an npz"), "not a .npy file"));
  CHECK(contains(failure("\x93NUM"), "truncated"));
  CHECK(contains(failure(npy(good, data, 9)), "version 9"));
  CHECK(contains(failure(npy(good, data.substr(1))), "needs 8 bytes, the file has 7"));
  CHECK(contains(failure(npy(good, data + "x")), "the file has 9"));
  CHECK(contains(failure(npy("{'descr': '<i8', 'fortran_order': False, 'shape': (1,)}", data)),
                 "'<i8'"));
  CHECK(contains(failure(npy("{'descr': '>f4', 'fortran_order': False, 'shape': (2,)}", data)),
                 "'>f4'"));
  CHECK(contains(failure(npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2,)}", data)),
                 "Fortran"));
  CHECK(contains(failure(npy("{'descr': '<f4', 'shape': (2,)}", data)), "lacks"));
  for (const char* shape : {"(-2,)", "(99999999999999999999,)", "(2", "2", "(2 2)", "(,)"}) {
    CAPTURE(shape);
    CHECK(failure(npy("{'descr': '<f4', 'fortran_order': False, 'shape': "s + shape + "}", data)) !=
          "");
  }
  // 2^62 · 2^62 elements.
  const std::string huge = "(4611686018427387904, 4611686018427387904)";
  CHECK(contains(
      failure(npy("{'descr': '<f4', 'fortran_order': False, 'shape': " + huge + "}", data)),
      "needs"));
  for (std::size_t length = 0; length < npy(good, data).size(); ++length) {
    CHECK(failure(npy(good, data).substr(0, length)) != "");
  }
  CHECK_THROWS_AS(read_npy("/nowhere/at/all.npy"), FormatError);
  CHECK_THROWS_AS(write_npy("/nowhere/at/all.npy", Shape{0}, {}), FormatError);
#ifndef _WIN32
  // A pipe that nobody writes to: to open it is to wait for ever.
  const test::TemporaryDirectory directory;
  std::filesystem::create_directory(directory.path());
  const std::filesystem::path pipe = directory.path() / "pipe.npy";
  REQUIRE(mkfifo(pipe.c_str(), 0600) == 0);
  CHECK_THROWS_WITH_AS(read_npy(pipe), doctest::Contains("not a regular file"), FormatError);
#endif
  CHECK_THROWS_AS(NpyWriter("/nowhere/at/all.npy", Shape{1}), FormatError);
}

TEST_CASE("write_npy refuses values that do not fill the shape, and leaves the file alone") {
  const TemporaryFile file("precious");
  const std::vector<float> values(6);
  for (const Shape& shape :
       {Shape{}, Shape{5}, Shape{2, 4}, Shape{0, 6}, Shape{-2, -3}, Shape{-6},
        Shape{std::int64_t{1} << 62, 4}, Shape{std::int64_t{1} << 32, std::int64_t{1} << 32, 6}}) {
    CAPTURE(shape.text());
    CHECK_THROWS_AS(write_npy(file.path(), shape, values), ArgumentError);
  }
  CHECK_THROWS_WITH_AS(write_npy(file.path(), Shape{2, 4}, values),
                       "an array of shape [2, 4] does not have 6 elements", ArgumentError);
  CHECK_THROWS_AS(
      write_npy(file.path(), Shape(std::vector<std::int64_t>(65, 1)), std::vector<float>(1)),
      ArgumentError);
  CHECK(file.content() == "precious");
}

TEST_CASE("as many extents as numpy reads are written, and no more") {
  const TemporaryFile file;
  const Shape most(std::vector<std::int64_t>(64, 1));
  const std::vector<float> one{3};
  write_npy(file.path(), most, one);
  CHECK(read_npy(file.path()).shape == most);
  CHECK(read_npy(file.path()).values == one);
  const std::vector<std::int64_t> row(63, 1);
  NpyWriter(file.path(), Shape(row)).append(one);
  CHECK(read_npy(file.path()).shape == most);
  CHECK_THROWS_AS(NpyWriter(file.path(), most), ArgumentError);
}

TEST_CASE("a writer refuses what is not whole rows, and keeps its file") {
  const TemporaryFile file;
  for (const Shape& row : {Shape{0}, Shape{3, 0}, Shape{-3}, Shape{std::int64_t{1} << 62, 4}}) {
    CAPTURE(row.text());
    CHECK_THROWS_AS(NpyWriter(file.path(), row), ArgumentError);
    CHECK_THROWS_AS(NpyWriter(file.path(), row, 0), ArgumentError);
  }
  CHECK(file.content().empty());
  NpyWriter writer(file.path(), Shape{3});
  writer.append(std::vector<float>{1, 2, 3});
  const std::string before = file.content();
  for (const std::size_t count : {1u, 2u, 4u, 5u}) {
    CHECK_THROWS_AS(writer.append(std::vector<float>(count)), ArgumentError);
  }
  CHECK(file.content() == before);
  CHECK(writer.rows() == 1);
  writer.append(std::vector<float>{4, 5, 6});
  writer.close();
  CHECK_THROWS_AS(writer.append(std::vector<float>(3)), ArgumentError);
  CHECK(read_npy(file.path()).values == std::vector<float>{1, 2, 3, 4, 5, 6});
  CHECK_THROWS_AS(NpyWriter(file.path(), Shape{3}, -1), ArgumentError);
}

TEST_CASE("all reference arrays are read") {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(test::reference_folder())) {
    if (entry.path().extension() != ".npy") continue;
    CAPTURE(entry.path().string());
    const NpyArray array = read_npy(entry.path());
    CHECK(static_cast<std::size_t>(array.shape.elements()) == array.values.size());
    bool finite = true;
    for (float value : array.values) finite = finite && std::isfinite(value);
    CHECK(finite);
    ++count;
  }
  CHECK(count == 3 * test::kReferenceCases.size());
}

}  // namespace
