#include "job/ordered_outcomes.h"

#include <utility>

namespace app {

std::uint64_t OrderedOutcomes::add(Input input, std::vector<std::byte> thumbnail) {
  const bool is_known = !input.cause.empty();
  entries_.push_back({{std::move(input), {}, {}, std::move(thumbnail)}, is_known});
  return first_ + entries_.size() - 1;
}

void OrderedOutcomes::label(std::uint64_t place, gfnet::Classification result,
                            std::vector<float> preprocessed) {
  Entry& entry = at(place);
  entry.labelled.result = std::move(result);
  entry.labelled.preprocessed = std::move(preprocessed);
  entry.is_known = true;
}

void OrderedOutcomes::fail(std::uint64_t place, std::string cause) {
  Entry& entry = at(place);
  entry.labelled.input.cause = std::move(cause);
  entry.is_known = true;
}

void OrderedOutcomes::hand_on() {
  while (!entries_.empty() && entries_.front().is_known) {
    const Entry entry = std::move(entries_.front());
    entries_.pop_front();
    ++first_;
    use_(entry.labelled);
  }
}

}  // namespace app
