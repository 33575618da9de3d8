#pragma once

#include <gfnet/drawing.h>

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace app {

/// How often the images of each class were labelled as which class. Memory grows with the number of
/// classes and with the number of different pairs of classes, not with their product.
class ClassCounts {
 public:
  explicit ClassCounts(std::int64_t classes);

  /// Counts an image of the class `expected` that was labelled as `predicted`.
  void count(std::int64_t expected, std::int64_t predicted);

  std::int64_t classes() const { return static_cast<std::int64_t>(of_.size()); }
  /// Number of images of this class.
  std::uint64_t images(std::int64_t index) const { return at(index).images; }
  /// Number of images that were labelled as this class.
  std::uint64_t predicted(std::int64_t index) const { return at(index).predicted; }
  /// Share of the images labelled as this class that are of this class. Nothing if no image was
  /// labelled as this class.
  std::optional<double> precision(std::int64_t index) const;
  /// Share of the images of this class that were labelled as this class. Nothing if there is no
  /// image of this class.
  std::optional<double> recall(std::int64_t index) const;

  /// The entries of the confusion matrix that are not 0, ordered by true class, then by predicted
  /// class.
  std::vector<gfnet::ConfusionCell> cells() const;

 private:
  struct Counts {
    std::uint64_t images = 0;
    std::uint64_t predicted = 0;
    std::uint64_t correct = 0;
  };

  const Counts& at(std::int64_t index) const { return of_[static_cast<std::size_t>(index)]; }

  std::vector<Counts> of_;
  std::map<std::pair<std::int64_t, std::int64_t>, std::uint64_t> pairs_;
};

}  // namespace app
