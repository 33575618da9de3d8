// The marks of kernels that were being tried when the process or the machine went down.
#include "selfcheck/process/try_mark.h"

#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <set>
#include <string>
#include <vector>

#include "selfcheck/verdict_store.h"
#include "support/temporary_directory.h"

using namespace gfnet;
using selfcheck::TryMark;
using Names = std::set<std::string>;

namespace {

class Marks {
 public:
  Marks() {
    device_.name = "a GPU";
    device_.driver = "a driver";
  }
  const vulkan::DeviceInfo& device() const { return device_; }
  std::filesystem::path folder() const { return folder_.path(); }

  /// A process that dies while it tries a kernel.
  void die_in(const std::string& kernel, bool is_watched) const {
    const pid_t child = fork();
    if (child == 0) {
      TryMark mark(device_, folder(), is_watched);
      mark.begin("another kernel before");
      mark.end();
      mark.begin(kernel);
      _exit(0);
    }
    REQUIRE(waitpid(child, nullptr, 0) == child);
  }
  Names fatal() const { return selfcheck::fatal_kernels(device_, folder()); }
  /// As fatal(); then the marks are removed, as if the kernels had verdicts.
  Names take_fatal() const {
    const Names kernels = fatal();
    selfcheck::remove_marks(device_, folder(), kernels);
    return kernels;
  }
  std::vector<std::filesystem::path> files() const {
    const std::filesystem::directory_iterator begin(folder());
    return {begin, {}};
  }
  /// Makes a mark one of before the machine was started.
  static void restart(const std::filesystem::path& mark) {
    std::ifstream in(mark);
    std::string digest, boot, rest;
    std::getline(in, digest, '\t');
    std::getline(in, boot, '\t');
    std::getline(in, rest, '\0');
    REQUIRE_FALSE(boot.empty());
    std::ofstream(mark) << digest << "\tan earlier boot\t" << rest;
  }

 private:
  test::TemporaryDirectory folder_;
  vulkan::DeviceInfo device_;
};

}  // namespace

TEST_CASE_FIXTURE(Marks, "marks: a process that survives leaves none") {
  {
    TryMark mark(device(), folder(), false);
    mark.begin("a");
    CHECK(files().size() == 1);
    CHECK(fatal().empty());  // it lives
    CHECK(files().size() == 1);
  }
  CHECK(files().empty());
  CHECK(selfcheck::fatal_kernels(device(), "").empty());
  TryMark nowhere(device(), "", false);
  nowhere.begin("a");
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: two deaths speak against a kernel, one does not") {
  die_in("a", false);
  die_in("b", false);
  CHECK(take_fatal().empty());
  CHECK(take_fatal().empty());
  die_in("a", false);
  CHECK(fatal() == Names{"a"});
  CHECK(take_fatal() == Names{"a"});
  CHECK(take_fatal().empty());
  die_in("a", false);
  CHECK(take_fatal().empty());  // a new count
}

TEST_CASE_FIXTURE(Marks, "marks: a process that is told to end leaves none") {
  TryMark mark(device(), folder(), true);
  mark.begin("a");
  mark.abandon();
  CHECK(files().empty());
  mark.end();
  mark.begin("b");
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: a verdict ends the count") {
  die_in("a", false);
  selfcheck::remove_marks(device(), folder(), {"a"});
  die_in("a", false);
  CHECK(fatal().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: the death of a watched process says nothing") {
  die_in("a", true);
  die_in("a", true);
  CHECK(take_fatal().empty());
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: a machine that goes down speaks against a kernel") {
  die_in("a", true);
  REQUIRE(files().size() == 1);
  restart(files().front());
  selfcheck::VerdictStore store(device(), folder());
  selfcheck::remember_fatal_kernels(store, device(), folder());
  CHECK(selfcheck::VerdictStore(device(), folder()).verdicts().switched_off().contains("a"));
  std::filesystem::remove(files().front());  // of the verdicts
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: a restart of the machine is one death of an unwatched process") {
  die_in("a", false);
  restart(files().front());
  CHECK(take_fatal().empty());  // it may have been killed before
  die_in("a", false);
  CHECK(take_fatal() == Names{"a"});
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: they stay until the verdict is on the disk") {
  selfcheck::VerdictStore store(device(), folder());
  REQUIRE(store.remember({}));
  const auto verdicts = files().front();
  die_in("a", true);
  std::filesystem::remove(verdicts);
  const auto mark = files().front();
  restart(mark);
  std::filesystem::create_directory(verdicts);  // no file can take its place
  selfcheck::remember_fatal_kernels(store, device(), folder());
  CHECK(store.verdicts().switched_off().contains("a"));
  CHECK(std::filesystem::exists(mark));
  std::filesystem::remove(verdicts);
  selfcheck::remember_fatal_kernels(store, device(), folder());
  CHECK_FALSE(std::filesystem::exists(mark));
}

TEST_CASE_FIXTURE(Marks, "marks: those of other devices and of other kernels do not count") {
  die_in("a", false);
  die_in("a", false);
  vulkan::DeviceInfo other = device();
  other.driver_version = "2";
  CHECK(selfcheck::fatal_kernels(other, folder()).empty());
  for (const auto& file : files()) {
    std::string text;
    std::getline(std::ifstream(file), text, '\0');
    std::ofstream(file) << "1" << text;  // other shaders
  }
  CHECK(take_fatal().empty());
  CHECK(files().empty());
}

TEST_CASE_FIXTURE(Marks, "marks: damaged ones are removed") {
  for (const char* damage : {"", "x", "\t\t\n", "1\t2\talone\na"}) {
    die_in("a", false);
    REQUIRE(files().size() == 1);
    std::ofstream(files().front()) << damage;
    CHECK(take_fatal().empty());
    CHECK(files().empty());
  }
}
