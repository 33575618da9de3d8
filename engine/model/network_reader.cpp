#include "model/network_reader.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>
#include <utility>

#include "base/utf8.h"
#include "model/network_choice.h"

namespace gfnet::model {
namespace {

using checkpoint::CheckpointFile;
using checkpoint::Dictionary;
using checkpoint::Entry;

/// Largest number of items that Network::passed_over lists.
constexpr std::size_t kMostListed = 1000;

std::string_view first_part(std::string_view name) { return name.substr(0, name.find('.')); }

std::string_view last_part(std::string_view name) {
  const std::size_t dot = name.rfind('.');
  return name.substr(dot == std::string_view::npos ? 0 : dot + 1);
}

/// Whether an entry of a network's dictionary has no part in what the network computes. name: its
/// own name, without the network's prefix.
bool is_no_part(const checkpoint::ObjectReader& objects, const Entry& entry,
                std::string_view name) {
  const std::string_view last = last_part(name);
  constexpr std::array<std::string_view, 5> kLayers = {"pos_embed", "patch_embed", "blocks", "norm",
                                                       "head"};
  constexpr std::array<std::string_view, 5> kWeights = {"pos_embed", "weight", "bias", "gamma",
                                                        "complex_weight"};
  const bool is_own = std::ranges::find(kLayers, first_part(name)) != kLayers.end();
  const bool is_weight = std::ranges::find(kWeights, last) != kWeights.end();
  if (!objects.is_tensor(entry.object)) {
    // What stands in place of a weight must not be taken for a missing one; _packed_params is what
    // quantised layers keep. None says that there is no weight.
    const bool stands_for_weight = is_own && is_weight && objects.kind(entry.object) != "None";
    return !stands_for_weight && name.find("._packed_params") == std::string_view::npos;
  }
  if (last == "total_ops" || last == "total_params") return true;  // thop, which counts operations
  // The mean and the standard deviation of the images, as some programs keep them.
  const bool is_statistic = last.ends_with("mean") || last.ends_with("std");
  if (!is_own && is_statistic && !last.starts_with("running_")) return true;
  return !is_weight && objects.is_counter(entry.object);
}

class NetworkReader {
 public:
  NetworkReader(CheckpointFile file, const std::string& weights)
      : file_(std::move(file)), choice_(choose_network(file_, weights)) {}

  Network read() {
    const NetworkPlace& place = choice_.places[choice_.chosen];
    std::vector<CheckpointFile::Wanted> wanted;
    for (const Entry& entry : file_.dictionaries()[place.dictionary].entries) {
      if (!belongs_to(place, entry.name)) continue;
      const std::string_view name = entry.name.substr(place.prefix.size());
      if (is_no_part(file_.objects(), entry, name)) continue;
      wanted.push_back({entry.object, std::string(name)});
      taken_.insert(entry.object);
    }
    list_passed_over(place);
    std::string own_name = name_of_place(file_, place);
    std::vector<std::string> other_names;
    for (std::size_t i = 0; i < choice_.places.size(); ++i) {
      if (i != choice_.chosen) other_names.push_back(name_of_place(file_, choice_.places[i]));
    }
    return {file_.read(wanted), std::move(own_name), std::move(other_names),
            std::move(passed_over_), count_};
  }

 private:
  /// Whether an entry is the chosen network's. One that has another network's longer prefix is not.
  bool belongs_to(const NetworkPlace& place, std::string_view name) const {
    if (!name.starts_with(place.prefix)) return false;
    return std::ranges::none_of(choice_.places, [&](const NetworkPlace& other) {
      return other.dictionary == place.dictionary && other.prefix.size() > place.prefix.size() &&
             other.prefix.starts_with(place.prefix) && name.starts_with(other.prefix);
    });
  }

  /// Lists the entries of the network's dictionary that were not taken, and those of the
  /// dictionaries around it.
  void list_passed_over(const NetworkPlace& place) {
    std::size_t inner = place.dictionary;
    list_entries(inner, inner);
    while (inner != 0) {
      const std::size_t outer = file_.dictionaries()[inner].parent;
      list_entries(outer, inner);
      inner = outer;
    }
  }

  /// inner: a dictionary whose place in `dictionary` is not listed.
  void list_entries(std::size_t dictionary, std::size_t inner) {
    const std::string key = file_.key_of(dictionary);
    const bool is_outer = dictionary != inner;
    for (const Entry& entry : file_.dictionaries()[dictionary].entries) {
      if (is_outer ? entry.name == file_.dictionaries()[inner].key
                   : taken_.contains(entry.object) && is_taken(entry)) {
        continue;
      }
      ++count_;
      if (passed_over_.size() == kMostListed) continue;
      const std::string name = excerpt(entry.name);
      passed_over_.push_back({key.empty() ? name : fmt::format("{}.{}", excerpt(key), name),
                              file_.objects().kind(entry.object)});
    }
  }

  bool is_taken(const Entry& entry) const {
    const NetworkPlace& place = choice_.places[choice_.chosen];
    return belongs_to(place, entry.name);
  }

  CheckpointFile file_;
  NetworkChoice choice_;
  /// The objects of the entries that are part of the network.
  std::set<std::size_t> taken_;
  std::vector<PassedOver> passed_over_;
  std::size_t count_ = 0;
};

}  // namespace

Network read_network(checkpoint::CheckpointFile file, const std::string& weights) {
  return NetworkReader(std::move(file), weights).read();
}

}  // namespace gfnet::model
