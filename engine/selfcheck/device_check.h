#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "gfnet/check.h"
#include "runtime/device_context.h"
#include "selfcheck/candidates.h"
#include "selfcheck/check_job.h"
#include "selfcheck/problem_list.h"

namespace gfnet::selfcheck {

/// Checks kernels of a device: runs them several times on random data and compares the results with
/// the scalar reference. What is found wrong is switched off for the rest of the check, so that the
/// problems of other kernels do not use it.
class DeviceCheck {
 public:
  struct Options {
    /// Kernels and algorithms to check (kernels/switched_off.h). nullopt: all.
    std::optional<std::set<std::string>> only;
    /// Seed of the random data, from which each problem makes a seed of its own.
    std::uint32_t seed = 1;
    /// A kernel that crashes the process is the last one that began.
    CheckEvents events = {};
  };

  /// Runs of each kernel with the same input. All must give the same bits.
  static constexpr int kRuns = 3;

  /// facts: those of the device, with what is switched off already. context must outlive the check.
  DeviceCheck(runtime::DeviceContext& context, kernels::DeviceFacts facts, Options options);

  /// Checks all candidates of a problem. Returns false if the device is lost or hangs: the kernel
  /// that ran has the result kCrashed or kHung, and the device can be used no more. Throws
  /// VulkanError if memory is exhausted, which says nothing about a kernel.
  bool run(const ProblemSpec& spec);

  /// One entry for each kernel, in the order in which they ran first.
  const std::vector<CheckedKernel>& kernels() const { return kernels_; }
  /// The device's facts with everything switched off that was found wrong.
  const kernels::DeviceFacts& facts() const { return facts_; }

 private:
  bool wants(const std::string& name) const;
  void run_problem(const ProblemSpec& spec);
  void check(const Problem& problem, Candidate candidate);
  /// Checks the logits that the plan of a whole network gives, against the network in double.
  /// network: before passes::fold.
  void run_network(const std::string& name, const graph::Graph& network, DType storage);
  /// Checks the shaders that turn images into a network's input.
  void run_preprocessing();
  /// Runs something and fills in result, error, cause and time of `kernel`; then adds it to
  /// kernels_. run: gives the output of each of several runs with the same input. share_of: the
  /// error of an output as a share of what rounding allows.
  void observe(CheckedKernel kernel, const std::function<std::vector<std::vector<float>>()>& run,
               const std::function<double(const std::vector<float>& output)>& share_of);
  /// The first output of kRuns runs of a plan.
  std::vector<std::vector<float>> run_graph(const graph::Graph& graph, plan::Plan plan,
                                            const std::vector<float>& input);
  void add(const CheckedKernel& checked);

  runtime::DeviceContext& context_;
  kernels::DeviceFacts facts_;
  Options options_;
  /// For the problem that is being checked.
  Numbers numbers_;
  std::vector<CheckedKernel> kernels_;
  bool is_lost_ = false;
};

}  // namespace gfnet::selfcheck
