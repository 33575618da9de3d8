#include "model/network_choice.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <iterator>
#include <optional>
#include <set>
#include <utility>

#include "base/utf8.h"
#include "gfnet/error.h"

namespace gfnet::model {
namespace {

using checkpoint::CheckpointFile;
using checkpoint::Dictionary;
using checkpoint::Entry;

using Indices = std::vector<std::size_t>;

/// The prefix of `name` if the rest is `own`, a name of one of the network's own tensors.
std::optional<std::string_view> prefix_before(std::string_view name, std::string_view own) {
  if (!name.ends_with(own)) return std::nullopt;
  name.remove_suffix(own.size());
  return name.empty() || name.ends_with('.') ? std::optional(name) : std::nullopt;
}

/// The prefixes before any of the names.
template <std::size_t N>
std::set<std::string_view> prefixes_before(const Dictionary& dictionary,
                                           const std::array<std::string_view, N>& own_names) {
  std::set<std::string_view> prefixes;
  for (const Entry& entry : dictionary.entries) {
    for (const std::string_view own : own_names) {
      if (const auto prefix = prefix_before(entry.name, own)) prefixes.insert(*prefix);
    }
  }
  return prefixes;
}

/// A network starts with a patch convolution, which other vision models have too. The filters of
/// the first block are GFNet's own. The names with more than these words are those of pruned,
/// normalised and parametrised tensors, which are refused later, by what they are.
constexpr std::array<std::string_view, 4> kPatchNames = {
    "patch_embed.proj.weight", "patch_embed.proj.bias", "patch_embed.0.proj.weight",
    "patch_embed.0.proj.bias"};
constexpr std::array<std::string_view, 8> kFilterNames = {
    "blocks.0.filter.complex_weight",
    "blocks.0.0.filter.complex_weight",
    "blocks.0.filter.complex_weight_orig",
    "blocks.0.0.filter.complex_weight_orig",
    "blocks.0.filter.parametrizations.complex_weight.original",
    "blocks.0.0.filter.parametrizations.complex_weight.original",
    "blocks.0.filter.parametrizations.complex_weight.original0",
    "blocks.0.0.filter.parametrizations.complex_weight.original0"};

/// A file with more networks than this is refused.
constexpr std::size_t kMostPlaces = 64;

/// The places of all GFNets; if there is none, of all networks with a patch convolution.
std::vector<NetworkPlace> find_places(const CheckpointFile& file) {
  std::vector<NetworkPlace> with_filters;
  std::vector<NetworkPlace> others;
  for (std::size_t i = 0; i < file.dictionaries().size(); ++i) {
    const Dictionary& dictionary = file.dictionaries()[i];
    if (!dictionary.has_tensor) continue;
    const std::set<std::string_view> filters = prefixes_before(dictionary, kFilterNames);
    for (const std::string_view prefix : prefixes_before(dictionary, kPatchNames)) {
      (filters.contains(prefix) ? with_filters : others).push_back({i, prefix});
    }
  }
  std::vector<NetworkPlace>& found = with_filters.empty() ? others : with_filters;
  if (found.size() > kMostPlaces) {
    throw FormatError(file.path(), fmt::format("holds more than {} networks", kMostPlaces));
  }
  return std::move(found);
}

/// Splits a text at dots, underscores, hyphens and changes from lower to upper case, and converts
/// the words to lower case.
std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words(1);
  char before = '\0';
  for (const char c : text) {
    const bool is_upper = c >= 'A' && c <= 'Z';
    if (c == '.' || c == '_' || c == '-' || (is_upper && before >= 'a' && before <= 'z')) {
      words.emplace_back();
    }
    before = c;
    if (c == '.' || c == '_' || c == '-') continue;
    words.back() += is_upper ? static_cast<char>(c - 'A' + 'a') : c;
  }
  return words;
}

/// Whether a name is that of an average of weights over the training.
bool is_average(std::string_view name) {
  return std::ranges::any_of(words_of(name), [](const std::string& word) {
    return word == "ema" || word == "swa" || word == "averaged" || word == "shadow" ||
           word == "modelema" || word == "emamodel" || word == "netema";
  });
}

/// Of several dictionaries, the one with the lowest rank is taken.
std::vector<int> rank_of(const CheckpointFile& file, std::size_t dictionary) {
  constexpr int kOutermost = 3;
  constexpr int kUnknown = 4;
  if (dictionary == 0) return {kOutermost};
  std::vector<int> rank;
  for (std::size_t at = dictionary; at != 0; at = file.dictionaries()[at].parent) {
    const std::string_view key = file.dictionaries()[at].key;
    rank.insert(rank.begin(), key == "model"              ? 0
                              : key == "state_dict"       ? 1
                              : key == "model_state_dict" ? 2
                                                          : kUnknown);
  }
  return rank;
}

class Chooser {
 public:
  Chooser(const CheckpointFile& file, const std::string& weights) : file_(file), weights_(weights) {
    choice_.places = find_places(file);
    if (choice_.places.empty()) throw no_network();
    for (const NetworkPlace& place : choice_.places) names_.push_back(name_of_place(file, place));
  }

  NetworkChoice choose() {
    Indices all(choice_.places.size());
    for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
    choice_.chosen = weights_.empty() ? preferred(without_averages(all)) : asked_for(all);
    return std::move(choice_);
  }

 private:
  std::size_t asked_for(const Indices& all) const {
    for (const std::size_t i : all) {
      if (names_[i] == weights_) return i;
    }
    const std::string part = fmt::format(".{}.", weights_);
    Indices found = filtered(all, [&](std::size_t i) {
      return fmt::format(".{}.", names_[i]).find(part) != std::string::npos;
    });
    if (found.size() > 1) throw ambiguous(found);
    if (found.empty() && weights_ == "ema") {
      found = filtered(all, [&](std::size_t i) { return is_average(names_[i]); });
      if (found.size() > 1) throw ambiguous(found);
    }
    if (found.empty() && weights_ == "model") {
      found = filtered(all, [&](std::size_t i) { return !is_average(names_[i]); });
      if (!found.empty()) return preferred(found);
    }
    if (!found.empty()) return found.front();
    throw FormatError(file_.path(), fmt::format("holds no weights '{}'; it holds {}",
                                                excerpt(weights_), list(all)));
  }

  /// The places that are no averages. All places if all are, or if a dictionary has an average
  /// beside another network: which one a name means is then not clear enough for a guess.
  Indices without_averages(const Indices& all) const {
    Indices others = filtered(all, [&](std::size_t i) { return !is_average(names_[i]); });
    for (const std::size_t i : all) {
      if (!is_average(names_[i])) continue;
      const bool is_beside = std::ranges::any_of(others, [&](std::size_t other) {
        return choice_.places[other].dictionary == choice_.places[i].dictionary;
      });
      if (is_beside) others.push_back(i);
    }
    return others.empty() ? all : others;
  }

  std::size_t preferred(const Indices& among) const {
    std::vector<int> best = {9};
    Indices found;
    for (const std::size_t i : among) {
      std::vector<int> rank = rank_of(file_, choice_.places[i].dictionary);
      if (rank > best) continue;
      if (rank < best) found.clear();
      found.push_back(i);
      best = std::move(rank);
    }
    if (found.size() > 1) throw ambiguous(found);
    return found.front();
  }

  template <typename Condition>
  static Indices filtered(const Indices& all, const Condition& condition) {
    Indices result;
    std::ranges::copy_if(all, std::back_inserter(result), condition);
    return result;
  }

  /// The names of the places, for a message.
  std::string list(const Indices& places) const {
    constexpr std::size_t kMost = 8;
    std::string text;
    for (std::size_t i = 0; i < std::min(places.size(), kMost); ++i) {
      text += fmt::format("{}'{}'", i == 0 ? "" : ", ", printable(names_[places[i]].substr(0, 60)));
    }
    if (places.size() > kMost) text += fmt::format(" and {} more", places.size() - kMost);
    return text;
  }

  FormatError ambiguous(const Indices& places) const {
    return FormatError(file_.path(), fmt::format("holds {} networks: {}; choose one with --weights",
                                                 places.size(), list(places)));
  }

  /// The error of a file without a network. It says what is there instead.
  FormatError no_network() const {
    const bool has_tensor =
        std::ranges::any_of(file_.dictionaries(), [](const Dictionary& d) { return d.has_tensor; });
    if (has_tensor) {
      return FormatError(file_.path(),
                         "holds no GFNet: no tensor is named patch_embed.proj.weight or "
                         "patch_embed.0.proj.weight, alone or after a prefix");
    }
    if (!file_.dictionaries().empty()) {
      for (const Entry& entry : file_.dictionaries().front().entries) {
        const std::string kind = file_.objects().kind(entry.object);
        if (!kind.starts_with("pickled module")) continue;
        return FormatError(file_.path(),
                           fmt::format("holds a {} under '{}', not a state dict; save its "
                                       "state_dict() instead",
                                       kind, excerpt(entry.name)));
      }
      for (const Dictionary& dictionary : file_.dictionaries()) {
        if (dictionary.other_key.empty()) continue;
        return FormatError(
            file_.path(),
            fmt::format("holds tensors, but the type of a key is {}, not string; the keys of a "
                        "state dict are the names of its tensors",
                        dictionary.other_key));
      }
      return FormatError(file_.path(),
                         "holds a dictionary without tensors; a state dict is needed");
    }
    const std::string& kind = file_.root_kind();
    return FormatError(
        file_.path(),
        kind.starts_with("a pickled module")
            ? fmt::format("holds {}, not a state dict; save its state_dict() instead", kind)
            : fmt::format("holds {}; a state dict is needed", kind));
  }

  const CheckpointFile& file_;
  const std::string& weights_;
  NetworkChoice choice_;
  std::vector<std::string> names_;
};

}  // namespace

std::string name_of_place(const CheckpointFile& file, const NetworkPlace& place) {
  std::string name = file.key_of(place.dictionary);
  std::string_view prefix = place.prefix;
  if (prefix.ends_with('.')) prefix.remove_suffix(1);
  if (name.empty()) return prefix.empty() ? "." : std::string(prefix);
  return prefix.empty() ? name : fmt::format("{}.{}", name, prefix);
}

NetworkChoice choose_network(const CheckpointFile& file, const std::string& weights) {
  return Chooser(file, weights).choose();
}

}  // namespace gfnet::model
