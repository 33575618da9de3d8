#pragma once

#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace gfnet::plan {

/// Which of several ways to do something was found best on a device: for the description of a
/// problem the name of a candidate. What it does not know, or knows by a name that is no candidate
/// any more, is decided by rule. Made by runtime/tuner, which measures.
class Choices {
 public:
  void set(std::string problem, std::string candidate) {
    by_problem_[std::move(problem)] = std::move(candidate);
  }
  /// nullptr if nothing is known.
  const std::string* find(std::string_view problem) const {
    const auto found = by_problem_.find(problem);
    return found == by_problem_.end() ? nullptr : &found->second;
  }
  bool empty() const { return by_problem_.empty(); }

  /// As text, a line a problem: "PROBLEM<tab>CANDIDATE".
  std::string to_text() const;
  /// nullopt if the text is not of that form.
  static std::optional<Choices> from_text(std::string_view text);

 private:
  std::map<std::string, std::string, std::less<>> by_problem_;
};

}  // namespace gfnet::plan
