#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// What there is more than one way to do, and what was found best on a device. There are two sorts,
/// and a plan is made such that results depend on the first alone:
///
/// - A way is chosen once for a network, and holds at every batch: it decides in which order
/// numbers
///   are rounded, or in what form weights lie on the device. What lists ways is not told the batch.
/// - A kernel is chosen for a batch, among those that go a way: they give the same bits from the
///   same weights.
namespace gfnet::plan {

/// One of several candidates.
struct Decision {
  /// What is decided, under which name it is remembered.
  std::string problem;
  /// By name; first what the rule says.
  std::vector<std::string> candidates;
  std::size_t chosen = 0;
  /// Of all that the candidates consist of, in any order: what was measured among others is not
  /// known of these.
  std::uint64_t digest = 0;

  const std::string& choice() const { return candidates[chosen]; }
};

/// Adds a candidate. description: all that it consists of, beside the name.
void add_candidate(Decision& decision, const std::string& name, const std::string& description);

/// For the problems that were measured the candidate that was best.
class ChoiceTable {
 public:
  void set(const Decision& decision, std::size_t candidate) {
    by_problem_[decision.problem] = {decision.candidates[candidate], decision.digest};
  }
  /// Which of the candidates; nothing for a problem that was not measured, or among others.
  std::optional<std::size_t> find(const Decision& decision) const;
  bool empty() const { return by_problem_.empty(); }

  /// Takes over what `other` knows of problems that this one does not know, or knows of the same
  /// candidates.
  void adopt(const ChoiceTable& other);

  /// As text, a line a problem: "SORT<tab>PROBLEM<tab>DIGEST<tab>CANDIDATE".
  std::string to_text(std::string_view sort) const;
  /// Adds such a line, from the problem on. False if it is not of that form.
  bool add_line(std::string_view line);

 private:
  struct Entry {
    std::string candidate;
    std::uint64_t digest = 0;
  };
  std::map<std::string, Entry, std::less<>> by_problem_;
};

/// What is known of a device. What is not is decided by rule. Made by runtime/tuner, which
/// measures.
struct Choices {
  ChoiceTable ways;
  ChoiceTable kernels;

  bool empty() const { return ways.empty() && kernels.empty(); }
  void adopt(const Choices& other) {
    ways.adopt(other.ways);
    kernels.adopt(other.kernels);
  }

  /// As text, a line a problem: those of the ways, then those of the kernels.
  std::string to_text() const;
  /// nullopt if the text is not of that form.
  static std::optional<Choices> from_text(std::string_view text);
};

/// The decision among candidates, each with a name and a description(): the one that the table
/// knows, else the first.
template <typename Candidate>
Decision decide(std::string problem, const std::vector<Candidate>& candidates,
                const ChoiceTable& known) {
  Decision decision;
  decision.problem = std::move(problem);
  for (const Candidate& candidate : candidates) {
    add_candidate(decision, candidate.name, candidate.description());
  }
  decision.chosen = known.find(decision).value_or(0);
  return decision;
}

}  // namespace gfnet::plan
