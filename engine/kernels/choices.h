#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "graph/choice.h"

/// Choices among candidates, and the candidates that were measured to be fastest on a device. A
/// candidate is one possible implementation of a step or of a spectral layer. There are two kinds
/// of candidates, algorithms and kernels. Only the chosen algorithm affects the bits of a result.
///
/// An algorithm is a candidate for all batch sizes. An algorithm fixes the order in which sums are
/// rounded, or the layout of weights on the device. Each algorithm is chosen once for a network.
/// Functions that list algorithms are not given the batch size.
///
/// A kernel is a candidate for one batch size. It is chosen among the kernels that implement the
/// chosen algorithm. All these kernels compute the same bits from the same weights.
namespace gfnet::kernels {

/// Adds a candidate. description: everything that defines the candidate besides its name.
/// Choice::digest covers the name and the description.
void add_candidate(graph::Choice& choice, const std::string& name, const std::string& description);

/// The measured choices: for each graph::Choice::key, the fastest candidate.
class ChoiceTable {
 public:
  void set(const graph::Choice& choice, std::size_t candidate) {
    by_key_[choice.key] = {choice.candidates[candidate], choice.digest};
  }
  /// Index of the fastest candidate in choice.candidates. nullopt if the choice was not measured,
  /// or was measured with another candidate set.
  std::optional<std::size_t> find(const graph::Choice& choice) const;
  bool empty() const { return by_key_.empty(); }

  /// Copies the entries of `other`. If both tables have an entry for a key, the entry of `other`
  /// replaces this table's entry, except if the two entries were measured with different candidate
  /// sets.
  void adopt(const ChoiceTable& other);

  /// As text, one line per choice: "SORT<tab>KEY<tab>DIGEST<tab>CANDIDATE". sort: what SORT is in
  /// every line, "algorithm" or "kernel".
  std::string to_text(std::string_view sort) const;
  /// Adds one line of to_text(), given without SORT and its tab. Returns false if the line is
  /// malformed.
  bool add_line(std::string_view line);

 private:
  struct Entry {
    std::string candidate;
    std::uint64_t digest = 0;
  };
  std::map<std::string, Entry, std::less<>> by_key_;
};

/// All measured choices for a device, filled by the tuner. For a choice that is not in the tables,
/// the first candidate is used.
struct MeasuredChoices {
  ChoiceTable algorithms;
  ChoiceTable kernels;

  bool empty() const { return algorithms.empty() && kernels.empty(); }
  void adopt(const MeasuredChoices& other) {
    algorithms.adopt(other.algorithms);
    kernels.adopt(other.kernels);
  }

  /// As text, one line per choice: first the algorithms, then the kernels.
  std::string to_text() const;
  /// Parses the format of to_text(). nullopt if the text is malformed.
  static std::optional<MeasuredChoices> from_text(std::string_view text);
};

/// Chooses the fastest candidate according to `known`. If `known` has no measurement of these
/// candidates under this key, chooses the first. A Candidate has a `name` and a `description()`.
template <typename Candidate>
graph::Choice choose(std::string key, const std::vector<Candidate>& candidates,
                     const ChoiceTable& known) {
  graph::Choice choice;
  choice.key = std::move(key);
  for (const Candidate& candidate : candidates) {
    add_candidate(choice, candidate.name, candidate.description());
  }
  choice.chosen = known.find(choice).value_or(0);
  return choice;
}

}  // namespace gfnet::kernels
