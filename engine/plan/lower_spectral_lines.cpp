// Lowers SpectralFilter for grids that do not fit one workgroup: one kernel per stage of the lines'
// transforms. The second stages of rows and columns run in one kernel, together with the filter, if
// the grid has a split that allows it (kernels::split_grid()).
//
// If the whole tensor exceeds the device's cache, all stages run for one block of channels before
// the next block starts. So the intermediate results of a block stay in the cache.
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "gfnet/error.h"
#include "kernels/line_split.h"
#include "kernels/shaders/spectral_lines.h"
#include "plan/lower.h"

namespace gfnet::plan {
namespace {

using graph::Node;

/// Number of lines that an invocation transforms one after the other. The invocation loads the
/// twiddle factors only once for all these lines.
constexpr std::int64_t kLinesAtOnce = 16;

constexpr std::int64_t kFloatBytes = sizeof(float);

/// Adds the steps of one SpectralFilter. Each step passes a grid of complex numbers to the next.
class LineSteps {
 public:
  LineSteps(PlanBuilder& plan, const graph::SpectralFilter& op, const Node& node)
      : plan_(plan), node_(node), grid_(op.grid), split_(split(op.grid)) {
    const std::int64_t channels = plan.value(node.inputs[0]).shape[1];
    channels_ = channels;
    vectors_ = kernels::round_up(channels, kernels::kVector) / kernels::kVector;
    subgroup_ = plan.device().sharing_lanes();
    lanes_ = plan.device().line_width();
    block_vectors_ = block_vectors();
  }

  void add() {
    for (std::int64_t first = 0; first < vectors_; first += block_vectors_) {
      block_ = {first, std::min(block_vectors_, vectors_ - first)};
      add_block();
    }
  }

 private:
  /// A range of channels, counted in a token's vectors of four channels.
  struct Block {
    std::int64_t first = 0;
    std::int64_t count = 0;
  };

  /// A block of channels in memory. Each token has `stride` vectors in the resource; the block
  /// starts at vector `first` of a token.
  struct Place {
    std::size_t resource = 0;
    std::int64_t stride = 0;
    std::int64_t first = 0;
  };

  /// One stage of a line's transform, as spectral_line.comp computes it: `others` groups of `radix`
  /// elements each.
  struct Stage {
    std::int64_t radix = 1;
    /// Number of groups; equals the number of elements in a group of the other stage.
    std::int64_t others = 1;
    /// True: a group's elements are neighbours, and its results go to the positions that the
    /// transform's order requires. False: the elements are `others` apart, and the results keep
    /// their positions.
    bool contiguous = false;
    bool normalise = false;
    bool turn_before = false;
    bool turn_after = false;
    bool swap_before = false;
    bool swap_after = false;
  };

  /// Number of vectors (four channels each) in a block of channels. The cache must hold a block
  /// twice: a stage's input and its output. Blocks have equal sizes, rounded up to whole subgroups.
  /// Returns all vectors if they fit the cache, or if the cache's size is unknown.
  std::int64_t block_vectors() const {
    const auto cache = static_cast<std::int64_t>(plan_.device().cache_bytes);
    const std::int64_t each = 2 * plan_.batch() * grid_.area() * kernels::kVector * kFloatBytes;
    if (cache == 0 || each * vectors_ <= cache) return vectors_;
    const std::int64_t most = std::max<std::int64_t>(cache / each / lanes_, 1) * lanes_;
    const std::int64_t blocks = (vectors_ + most - 1) / most;
    return kernels::round_up((vectors_ + blocks - 1) / blocks, lanes_);
  }

  void add_block() {
    from_.reset();
    const kernels::LineSplit& rows = split_.rows;
    // Whether the rows have a second stage of their own, apart from the columns'.
    const bool second_stage = rows.second > 1 && !split_.together;
    // The number of steps. They alternate between two buffers; the last one writes the output.
    left_ = second_stage ? 7 : 5;
    const Stage second{.radix = rows.second, .others = rows.first, .contiguous = true};

    Stage forth = first_stage(rows);
    forth.normalise = true;
    row_stage(forth);
    if (second_stage) row_stage(second);
    column_stage(first_stage(split_.columns));
    bins();
    column_stage(last_stage_back(split_.columns));
    if (second_stage) {
      Stage back = first_stage(rows);
      back.swap_before = true;
      row_stage(back);
      Stage last = second;
      last.swap_after = true;
      row_stage(last);
    } else {
      row_stage(last_stage_back(rows));
    }
  }

  /// The first stage of a line's forward transform.
  static Stage first_stage(const kernels::LineSplit& line) {
    return {.radix = line.first, .others = line.second, .turn_after = line.second > 1};
  }

  /// The last stage of the inverse, if bins() runs the stage before it.
  static Stage last_stage_back(const kernels::LineSplit& line) {
    return {.radix = line.first,
            .others = line.second,
            .turn_before = line.second > 1,
            .swap_before = true,
            .swap_after = true};
  }

  kernels::GridSplit split(const graph::Extent& grid) const {
    const std::optional<kernels::GridSplit> found =
        kernels::split_grid(grid, plan_.device().software);
    if (!found) {
      throw UnsupportedError(fmt::format(
          "{}: rows of {} and columns of {} tokens cannot be split into two short transforms each",
          node_.name, grid.width, grid.height));
    }
    return *found;
  }

  void row_stage(const Stage& stage) {
    line_stage(stage, "rows", grid_.width, grid_.height, false);
  }
  void column_stage(const Stage& stage) {
    line_stage(stage, "columns", grid_.height, grid_.width, true);
  }

  void line_stage(const Stage& stage, const char* axis, std::int64_t length, std::int64_t lines,
                  bool is_column) {
    parameters::SpectralLineParameters p{};
    const Place from = source();
    const Place to = target();
    p.vectors = u32(block_.count);
    p.source_vectors = u32(from.stride);
    p.source_first = u32(from.first);
    p.target_vectors = u32(to.stride);
    p.target_first = u32(to.first);
    p.channels = u32(channels_);
    p.tokens = u32(grid_.area());
    p.line_length = u32(length);
    p.lines = u32(lines);
    p.lines_at_once = u32(std::min(lines, kLinesAtOnce));
    p.element_stride = u32(is_column ? grid_.width : 1);
    p.line_stride = u32(is_column ? 1 : grid_.width);
    p.load_step = u32(stage.contiguous ? 1 : stage.others);
    p.load_group = u32(stage.contiguous ? stage.radix : 1);
    p.store_step = u32(stage.others);
    p.store_group = 1;
    p.roots_offset = u32(is_column ? 0 : grid_.height / 2 + 1);

    const Operand statistics = plan_.read(node_.inputs[1]);
    const Variant variant = variant_for(from.resource, statistics.resource);
    const kernels::SpectralLineConstants constants{.local_size_x = lanes_,
                                                   .radix = u32(stage.radix),
                                                   .factor = u32(kernels::best_factor(stage.radix)),
                                                   .normalise = stage.normalise,
                                                   .turn_before = stage.turn_before,
                                                   .turn_after = stage.turn_after,
                                                   .swap_before = stage.swap_before,
                                                   .swap_after = stage.swap_after,
                                                   .subgroup = variant.subgroup};
    KernelStep kernel = kernel_step(std::string("spectral_line") + variant.suffix, constants, p);
    const std::int64_t chunks = (lines + p.lines_at_once - 1) / p.lines_at_once;
    kernel.threads = {u32(kernels::round_up(block_.count, lanes_)), u32(stage.others),
                      u32(plan_.batch() * chunks)};
    kernel.operands = {{from.resource, Access::kRead},
                       plan_.dense_constant(node_.inputs[4]),
                       statistics,
                       {to.resource, Access::kWrite}};
    add_step(axis, std::move(kernel), transform_flops(stage.radix),
             bytes_beside(from) + bytes_beside(to));
  }

  void bins() {
    parameters::SpectralBinsParameters p{};
    const Place from = source();
    const Place to = target();
    p.vectors = u32(block_.count);
    p.filter_vectors = u32(vectors_);
    p.filter_first = u32(block_.first);
    p.height = u32(grid_.height);
    p.width = u32(grid_.width);
    const std::int64_t bin_count = grid_.height * graph::spectrum_width(grid_.width);
    const std::int64_t padded = kernels::kVector * vectors_;

    const Operand filter =
        plan_.constant(node_.inputs[2], {bin_count, 2 * channels_, bin_count, 2 * padded});
    const Variant variant = variant_for(from.resource, filter.resource);
    const kernels::LineSplit& columns = split_.columns;
    // Elements of a row that a group has.
    const std::int64_t row_radix = split_.together ? split_.rows.second : 1;
    const kernels::SpectralBinsConstants constants{
        .local_size_x = lanes_,
        .radix = u32(columns.second),
        .factor = u32(kernels::best_factor(columns.second)),
        .row_radix = u32(row_radix),
        .row_factor = u32(kernels::best_factor(row_radix))};
    KernelStep kernel = kernel_step(std::string("spectral_bins") + variant.suffix, constants, p);
    kernel.threads = {u32(kernels::round_up(block_.count, lanes_)),
                      u32(graph::spectrum_width(grid_.width / row_radix)),
                      u32(plan_.batch() * columns.first)};
    kernel.operands = {{from.resource, Access::kRead},
                       plan_.dense_constant(node_.inputs[4]),
                       filter,
                       plan_.constant(node_.inputs[3], {1, channels_, 1, padded}),
                       {to.resource, Access::kWrite}};
    const double products =
        6.0 * share() * static_cast<double>(plan_.batch() * channels_ * bin_count);
    const double unread =
        (1 - share()) * static_cast<double>(plan_.resource(filter.resource).bytes);
    add_step("bins", std::move(kernel), 2 * transform_flops(columns.second * row_radix) + products,
             unread);
  }

  /// A variant of the kernels.
  struct Variant {
    const char* suffix = "";
    /// The width of the subgroups that it needs; 0: any.
    std::uint32_t subgroup = 0;
  };

  /// The variant for a kernel that reads these two resources.
  Variant variant_for(std::size_t first, std::size_t second) const {
    if (!texels(first) || !texels(second)) return {};
    if (subgroup_ == 0) return {.suffix = "_texels"};
    return {.suffix = "_lanes", .subgroup = subgroup_};
  }

  /// Whether to read a resource through a texel buffer. True on software drivers, unless the whole
  /// resource has more texels than the device allows: the texel buffer covers the whole resource,
  /// even if a block uses only a part.
  bool texels(std::size_t resource) const {
    constexpr std::uint64_t kTexelBytes = kernels::kVector * kFloatBytes;
    return plan_.device().software &&
           plan_.resource(resource).bytes / kTexelBytes <= plan_.device().max_texel_elements;
  }

  /// Operations of a stage. The usual count for a complex transform is 5·N·log2 N. Two real
  /// channels make one complex grid, so a channel has half of that.
  double transform_flops(std::int64_t radix) const {
    return 2.5 * share() * static_cast<double>(plan_.batch() * channels_ * grid_.area()) *
           std::log2(static_cast<double>(radix));
  }

  /// The block's share of the channels, 0 … 1.
  double share() const { return static_cast<double>(block_.count) / static_cast<double>(vectors_); }
  /// Bytes of the resource that belong to other blocks of channels.
  double bytes_beside(const Place& place) const {
    const double part = static_cast<double>(block_.count) / static_cast<double>(place.stride);
    return (1 - part) * static_cast<double>(plan_.resource(place.resource).bytes);
  }

  bool is_whole() const { return block_vectors_ == vectors_; }

  Place source() {
    if (from_) return {plan_.keep(from_->resource), from_->stride, from_->first};
    return {plan_.use(node_.inputs[0]), vectors_, block_.first};
  }

  Place target() {
    --left_;
    // With a single block, the output itself is one of the two alternating buffers.
    const bool is_output = left_ == 0 || (is_whole() && left_ % 2 == 0);
    std::optional<std::size_t>& resource = is_output ? output_ : scratch_[left_ % 2];
    if (!resource) {
      resource = is_output ? plan_.write(node_.output).resource
                           : plan_.scratch(node_.name + ".scratch", plan_.batch() * grid_.area(),
                                           kernels::kVector * block_vectors_, DType::kF32);
    }
    from_ = is_output ? Place{plan_.keep(*resource), vectors_, block_.first}
                      : Place{plan_.keep(*resource), block_.count, 0};
    return *from_;
  }

  void add_step(const char* part, KernelStep kernel, double flops, double unread_bytes) {
    plan_.add_step(node_, std::move(kernel), flops, unread_bytes);
    plan_.name_last_step(fmt::format("{}.{}", node_.name, part));
  }

  PlanBuilder& plan_;
  const Node& node_;
  graph::Extent grid_;
  kernels::GridSplit split_;
  std::int64_t channels_ = 0;
  std::int64_t vectors_ = 0;
  /// DeviceFacts::sharing_lanes().
  std::uint32_t subgroup_ = 0;
  std::uint32_t lanes_ = 0;
  std::int64_t block_vectors_ = 0;
  Block block_;
  /// Number of steps of the current block that are not yet added.
  int left_ = 0;
  std::optional<std::size_t> output_;
  std::array<std::optional<std::size_t>, 2> scratch_;
  /// Where the previous step of the block wrote. Empty before the first step of a block.
  std::optional<Place> from_;
};

}  // namespace

void lower_by_lines(PlanBuilder& plan, const graph::SpectralFilter& op, const Node& node) {
  LineSteps(plan, op, node).add();
}

}  // namespace gfnet::plan
