#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// Choices among candidates, and the candidates that were measured to be fastest on a device. A
/// candidate is one possible implementation of a step or of a spectral layer. There are two kinds
/// of candidates, ways and kernels. Only the chosen way affects the bits of a result:
///
/// - A way is a candidate for all batch sizes. It fixes the order in which sums are rounded, or the
///   layout of weights on the device. It is chosen once for a network. Functions that list ways are
///   not given the batch size.
/// - A kernel is a candidate for one batch size. It is chosen among the kernels that implement the
///   chosen way. All of them compute the same bits from the same weights.
namespace gfnet::plan {

/// The choice of one of several candidates.
struct Decision {
  /// What is chosen, such as "linear 384×1536 gelu". The choice is stored under this key.
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

/// The measured choices: for each Decision::problem, the fastest candidate.
class ChoiceTable {
 public:
  void set(const Decision& decision, std::size_t candidate) {
    by_problem_[decision.problem] = {decision.candidates[candidate], decision.digest};
  }
  /// Index of the fastest candidate of the decision. nullopt if the choice was not measured, or was
  /// measured with another candidate set.
  std::optional<std::size_t> find(const Decision& decision) const;
  bool empty() const { return by_problem_.empty(); }

  /// Copies the entries of `other`, which replace this table's entries for the same choice. If the
  /// two candidate sets of a choice differ, this table's entry is kept.
  void adopt(const ChoiceTable& other);

  /// As text, one line per choice: "SORT<tab>PROBLEM<tab>DIGEST<tab>CANDIDATE". sort: "way" or
  /// "kernel".
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

/// All measured choices for a device, filled by runtime/tuner. Where nothing was measured, the
/// first candidate is used.
struct Choices {
  ChoiceTable ways;
  ChoiceTable kernels;

  bool empty() const { return ways.empty() && kernels.empty(); }
  void adopt(const Choices& other) {
    ways.adopt(other.ways);
    kernels.adopt(other.kernels);
  }

  /// As text, one line per choice: first the ways, then the kernels.
  std::string to_text() const;
  /// Parses the format of to_text(). nullopt if the text is malformed.
  static std::optional<Choices> from_text(std::string_view text);
};

/// Chooses the fastest candidate according to `known`; if `known` has none for this problem, the
/// first. A Candidate has a `name` and a `description()`.
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
