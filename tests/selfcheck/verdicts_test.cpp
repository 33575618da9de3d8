// Verdicts and jobs as text, and the file of verdicts.
#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <string>
#include <vector>

#include "base/cache_file.h"
#include "selfcheck/check_job.h"
#include "selfcheck/verdict_store.h"
#include "support/temporary_directory.h"

using namespace gfnet;
using selfcheck::CheckJob;
using selfcheck::Verdicts;
using selfcheck::VerdictStore;

namespace {

vulkan::DeviceInfo device(const char* driver_version) {
  vulkan::DeviceInfo info;
  info.name = "a GPU";
  info.driver = "a driver";
  info.driver_version = driver_version;
  return info;
}

}  // namespace

TEST_CASE("verdicts: as text and back") {
  Verdicts verdicts;
  verdicts.set("linear 8 8 8", {});
  verdicts.set("vkfft 14×14", {CheckResult::kHung, 17, "14×14×9 batch 2", "3 0 14 14 9 2"});
  verdicts.set("patches", {CheckResult::kNotChecked});
  const auto read = Verdicts::from_text(verdicts.to_text());
  REQUIRE(read);
  CHECK(read->to_text() == verdicts.to_text());
  CHECK(read->knows("linear 8 8 8"));
  CHECK(read->switched_off() == kernels::SwitchedOff{"vkfft 14×14"});
  REQUIRE(read->find("vkfft 14×14") != nullptr);
  CHECK(read->find("vkfft 14×14")->seed == 17);
  CHECK(read->find("vkfft 14×14")->sizes == "14×14×9 batch 2");
  CHECK(read->find("vkfft 14×14")->problem == "3 0 14 14 9 2");
  CHECK(read->knows("patches"));
  CHECK(read->find("linear") == nullptr);
  CHECK(Verdicts::from_text("")->empty());
  for (const char* damaged :
       {"right\t0\t\t\tlinear", "linear\n", "well\t0\t\t\tlinear\n", "right\t0\t\t\t\n",
        "right\tx\t\t\tlinear\n", "right\t0\t\tlinear\n", "right\tlinear\n", "\n"}) {
    CAPTURE(damaged);
    CHECK_FALSE(Verdicts::from_text(damaged));
  }
}

TEST_CASE("verdicts: kept for one device and driver; the newest counts") {
  const test::TemporaryDirectory directory;
  Verdicts wrong;
  wrong.set("a", {CheckResult::kWrong});
  Verdicts right;
  right.set("b", {});
  VerdictStore first(device("1.0"), directory.path());
  VerdictStore second(device("1.0"), directory.path());
  first.remember(wrong);
  second.remember(right);
  VerdictStore third(device("1.0"), directory.path());
  CHECK(third.verdicts().knows("a"));
  CHECK(third.verdicts().knows("b"));
  CHECK(third.verdicts().switched_off() == kernels::SwitchedOff{"a"});
  CHECK(VerdictStore(device("1.1"), directory.path()).verdicts().empty());
  right.set("a", {});
  third.remember(right);
  CHECK(VerdictStore(device("1.0"), directory.path()).verdicts().switched_off().empty());
  CHECK(VerdictStore(device("1.0"), "").verdicts().empty());
}

TEST_CASE("verdicts: processes that write at the same time lose none") {
  constexpr int kProcesses = 6, kEach = 20;
  const test::TemporaryDirectory directory;
  std::vector<pid_t> children;
  for (int process = 0; process < kProcesses; ++process) {
    const pid_t child = fork();
    if (child == 0) {
      VerdictStore store(device("1.0"), directory.path());
      for (int i = 0; i < kEach; ++i) {
        Verdicts verdicts;
        verdicts.set(std::to_string(process) + " " + std::to_string(i), {});
        if (!store.remember(verdicts)) _exit(1);
      }
      _exit(0);
    }
    children.push_back(child);
  }
  for (const pid_t child : children) {
    int status = 0;
    REQUIRE(waitpid(child, &status, 0) == child);
    CHECK(status == 0);
  }
  const VerdictStore store(device("1.0"), directory.path());
  for (int process = 0; process < kProcesses; ++process) {
    for (int i = 0; i < kEach; ++i) {
      CHECK(store.verdicts().knows(std::to_string(process) + " " + std::to_string(i)));
    }
  }
}

TEST_CASE("jobs: as text and back") {
  CheckJob job;
  job.device = 3;
  job.cache_directory = "/a folder";
  job.seed = 17;
  job.problems = selfcheck::all_problems({});
  job.only = {"a 1", "b"};
  job.switched_off = {"c"};
  job.device_key = "a GPU|a driver";
  job.validation = true;
  const auto read = CheckJob::from_text(job.to_text());
  REQUIRE(read);
  CHECK(read->to_text() == job.to_text());
  CHECK(read->problems == job.problems);
  CHECK(read->only == job.only);
  job.only.reset();
  CHECK_FALSE(CheckJob::from_text(job.to_text())->only);
  const std::string text = job.to_text();
  CHECK_FALSE(CheckJob::from_text(text.substr(0, text.size() - CheckJob::kEnd.size() - 1)));
  for (const char* damaged : {"device", "device\tx\n", "only\ta\n", "problem\t1 0 2\n",
                              "problem\t99 0\n", "problem\t1 0 1 2 3 x 5 6 7 8\n", "other\t1\n"}) {
    CAPTURE(damaged);
    CHECK_FALSE(CheckJob::from_text(damaged));
    CHECK_FALSE(CheckJob::from_text(std::string(damaged) + std::string(CheckJob::kEnd) + '\n'));
  }
}
