// What the cache folder holds, and what the processes of a check send each other. What was read is
// written as text and read again: both must agree.
#include <cstdlib>

#include "base/cache_file.h"
#include "fuzz_input.h"
#include "kernels/choices.h"
#include "selfcheck/check_job.h"
#include "selfcheck/problem_list.h"
#include "selfcheck/verdict_store.h"

namespace {

template <typename Kind>
void check_round_trip(std::string_view text) {
  const auto read = Kind::from_text(text);
  if (!read) return;
  const auto again = Kind::from_text(read->to_text());
  if (!again || again->to_text() != read->to_text()) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace gfnet;
  const std::string_view text = test::text_of(data, size);
  check_round_trip<kernels::MeasuredChoices>(text);
  check_round_trip<selfcheck::Verdicts>(text);
  check_round_trip<selfcheck::CheckJob>(text);
  if (const auto problem = selfcheck::ProblemSpec::from_text(text)) {
    const auto again = selfcheck::ProblemSpec::from_text(problem->text());
    if (!again || again->text() != problem->text()) std::abort();
  }
  test::InputFile file(data, size);
  read_cache_file(file.path(), "key");
  return 0;
}
