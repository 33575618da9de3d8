#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Decisions among candidates, and the candidates that were measured to be fastest on a device.
/// There are two kinds of candidates, ways and kernels. Only the chosen way affects the bits of a
/// result:
///
/// - A way fixes the order in which sums are rounded, or the layout of weights on the device. It is
///   chosen once for a network and used at every batch size. Functions that list ways are not given
///   the batch size.
/// - A kernel is chosen for one batch size, among the kernels that implement the chosen way. All of
///   them compute the same bits from the same weights.
namespace gfnet::plan {

/// The choice of one of several candidates.
struct Decision {
  /// What is decided: the key under which the choice is stored.
  std::string problem;
  /// The candidates' names. The first is the default: a fixed rule prefers it if nothing was
  /// measured.
  std::vector<std::string> candidates;
  std::size_t chosen = 0;
  /// Order-independent hash of the candidates' names and descriptions. A stored choice is valid
  /// only for the same candidate set.
  std::uint64_t digest = 0;

  const std::string& choice() const { return candidates[chosen]; }
};

/// Adds a candidate. description: everything that defines the candidate besides its name. The
/// digest covers both.
void add_candidate(Decision& decision, const std::string& name, const std::string& description);

/// The fastest candidate of each measured problem.
class ChoiceTable {
 public:
  void set(const Decision& decision, std::size_t candidate) {
    by_problem_[decision.problem] = {decision.candidates[candidate], decision.digest};
  }
  /// Index of the fastest candidate. Nothing if the problem was not measured, or was measured with
  /// another candidate set.
  std::optional<std::size_t> find(const Decision& decision) const;
  bool empty() const { return by_problem_.empty(); }

  /// Copies entries of `other`. Keeps this table's entry if the two entries for a problem have
  /// different candidate sets.
  void adopt(const ChoiceTable& other);

  /// As text, one line per problem: "SORT<tab>PROBLEM<tab>DIGEST<tab>CANDIDATE".
  std::string to_text(std::string_view sort) const;
  /// Adds one line of to_text(), given without SORT and its tab. Returns false if the line is
  /// malformed.
  bool add_line(std::string_view line);

 private:
  struct Entry {
    std::string candidate;
    std::uint64_t digest = 0;
  };
  std::map<std::string, Entry, std::less<>> by_problem_;
};

/// All measured choices for a device, filled by runtime/tuner. For other problems, the first
/// candidate is chosen.
struct Choices {
  ChoiceTable ways;
  ChoiceTable kernels;

  bool empty() const { return ways.empty() && kernels.empty(); }
  void adopt(const Choices& other) {
    ways.adopt(other.ways);
    kernels.adopt(other.kernels);
  }

  /// As text, one line per problem: first the ways, then the kernels.
  std::string to_text() const;
  /// Parses the format of to_text(). nullopt if the text is malformed.
  static std::optional<Choices> from_text(std::string_view text);
};

/// Chooses the candidate that is the fastest according to `known`, else the first. A Candidate
/// has a `name` and a `description()`.
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
