// SpectralFilter on grids that no workgroup can hold: one kernel a stage of the lines' transforms.
#include <cmath>

#include "gfnet/error.h"
#include "include/parameters.h"
#include "plan/line_split.h"
#include "plan/lower.h"
#include "plan/spectral_layer.h"

namespace gfnet::plan {
namespace {

using graph::Node;

/// Lines that an invocation takes one after the other: their factors are loaded once.
constexpr std::int64_t kLinesAtOnce = 16;

/// The steps of one SpectralFilter, which hand a grid of complex numbers on to each other.
class LineSteps {
 public:
  LineSteps(PlanBuilder& plan, const graph::SpectralFilter& op, const Node& node)
      : plan_(plan),
        node_(node),
        grid_(op.grid),
        rows_(split(op.grid.width)),
        columns_(split(op.grid.height)) {
    const std::int64_t channels = plan.value(node.inputs[0]).shape[1];
    channels_ = channels;
    vectors_ = round_up(channels, kVector) / kVector;
    lanes_ = !plan.device().software            ? 32
             : plan.device().subgroup_size == 0 ? 8
                                                : plan.device().subgroup_size;
    if (auto choice =
            spectral_choice(plan.graph(), node, plan.batch(), plan.device(), plan.choices())) {
      decision_ = std::move(choice->decision);
    }
    // The last step writes the output, and every one what the one before did not.
    left_ = 3 + 2 * (rows_.second > 1 ? 2 : 1);
  }

  void add() {
    const Stage first{.radix = rows_.first, .others = rows_.second, .turn_after = rows_.second > 1};
    const Stage second{.radix = rows_.second, .others = rows_.first, .contiguous = true};
    const bool single = rows_.second == 1;

    Stage forth = first;
    forth.normalise = true;
    row_stage(forth);
    if (!single) row_stage(second);

    column_stage(
        {.radix = columns_.first, .others = columns_.second, .turn_after = columns_.second > 1});
    bins();
    column_stage({.radix = columns_.first,
                  .others = columns_.second,
                  .turn_before = columns_.second > 1,
                  .swap_before = true,
                  .swap_after = true});

    Stage back = first;
    back.swap_before = true;
    back.swap_after = single;
    row_stage(back);
    if (!single) {
      Stage last = second;
      last.swap_after = true;
      row_stage(last);
    }
  }

 private:
  /// What spectral_line.comp is told of a stage.
  struct Stage {
    std::int64_t radix = 1;
    /// Elements of the other stage, and groups of this one.
    std::int64_t others = 1;
    /// A group's elements are neighbours, and are put where the transform's order wants them; else
    /// they are `others` apart, and stay.
    bool contiguous = false;
    bool normalise = false;
    bool turn_before = false;
    bool turn_after = false;
    bool swap_before = false;
    bool swap_after = false;
  };

  LineSplit split(std::int64_t length) const {
    const std::optional<LineSplit> found = split_line(length);
    if (!found) {
      throw UnsupportedError(node_.name + ": lines of " + std::to_string(length) + " tokens");
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
    p.vectors = u32(vectors_);
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

    KernelStep kernel;
    kernel.kernel =
        texels(plan_.batch() * grid_.area() * vectors_) ? "spectral_line_texels" : "spectral_line";
    kernel.workgroup = {lanes_, 1, 1};
    kernel.specialization = {lanes_,
                             u32(stage.radix),
                             u32(best_factor(stage.radix)),
                             u32(stage.normalise),
                             u32(stage.turn_before),
                             u32(stage.turn_after),
                             u32(stage.swap_before),
                             u32(stage.swap_after)};
    kernel.push_constants = bytes_of(p);
    const std::int64_t chunks = (lines + p.lines_at_once - 1) / p.lines_at_once;
    kernel.threads = {u32(round_up(vectors_, lanes_)), u32(stage.others),
                      u32(plan_.batch() * chunks)};
    const Operand from = source();
    kernel.operands = {from, plan_.dense_constant(node_.inputs[4]), plan_.read(node_.inputs[1]),
                       target()};
    add_step(axis, std::move(kernel), transform_flops(stage.radix));
  }

  void bins() {
    parameters::SpectralBinsParameters p{};
    p.vectors = u32(vectors_);
    p.height = u32(grid_.height);
    p.width = u32(grid_.width);
    const std::int64_t bin_count = grid_.height * graph::spectrum_width(grid_.width);
    const std::int64_t padded = kVector * vectors_;

    KernelStep kernel;
    const bool reads_texels =
        texels(plan_.batch() * grid_.area() * vectors_) && texels(2 * bin_count * vectors_);
    kernel.kernel = reads_texels ? "spectral_bins_texels" : "spectral_bins";
    kernel.workgroup = {lanes_, 1, 1};
    kernel.specialization = {lanes_, u32(columns_.second), u32(best_factor(columns_.second))};
    kernel.push_constants = bytes_of(p);
    kernel.threads = {u32(round_up(vectors_, lanes_)), u32(graph::spectrum_width(grid_.width)),
                      u32(plan_.batch() * columns_.first)};
    const Operand from = source();
    kernel.operands = {
        from, plan_.dense_constant(node_.inputs[4]),
        plan_.constant(node_.inputs[2], {bin_count, 2 * channels_, bin_count, 2 * padded}),
        plan_.constant(node_.inputs[3], {1, channels_, 1, padded}), target()};
    const double products = 6.0 * static_cast<double>(plan_.batch() * channels_ * bin_count);
    add_step("bins", std::move(kernel), 2 * transform_flops(columns_.second) + products);
  }

  bool texels(std::int64_t count) const {
    return plan_.device().software &&
           static_cast<std::uint64_t>(count) <= plan_.device().max_texel_elements;
  }

  /// The usual count for a complex transform, 5·N·log2 N, of half as many numbers as are real.
  double transform_flops(std::int64_t radix) const {
    return 2.5 * static_cast<double>(plan_.batch() * channels_ * grid_.area()) *
           std::log2(static_cast<double>(radix));
  }

  Operand source() {
    if (!last_target_) return plan_.read(node_.inputs[0]);
    return {plan_.keep(*last_target_), Access::kRead};
  }

  Operand target() {
    std::optional<std::size_t>& resource = left_ % 2 == 1 ? output_ : scratch_;
    if (!resource) {
      resource = left_ % 2 == 1 ? plan_.write(node_.output).resource
                                : plan_.scratch(node_.name + ".scratch", node_.output);
    }
    --left_;
    last_target_ = resource;
    return {plan_.keep(*resource), Access::kWrite};
  }

  void add_step(const char* part, KernelStep kernel, double flops) {
    if (decision_) plan_.decide(*decision_);
    plan_.add_step(node_, std::move(kernel), flops);
    plan_.name_last_step(node_.name + "." + part);
  }

  PlanBuilder& plan_;
  const Node& node_;
  graph::Extent grid_;
  LineSplit rows_;
  LineSplit columns_;
  std::int64_t channels_ = 0;
  std::int64_t vectors_ = 0;
  std::uint32_t lanes_ = 0;
  int left_ = 0;
  /// What all steps of the layer answer.
  std::optional<Decision> decision_;
  std::optional<std::size_t> output_;
  std::optional<std::size_t> scratch_;
  std::optional<std::size_t> last_target_;
};

}  // namespace

void lower_by_lines(PlanBuilder& plan, const graph::SpectralFilter& op, const Node& node) {
  LineSteps(plan, op, node).add();
}

}  // namespace gfnet::plan
