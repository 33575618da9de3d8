#pragma once

#include <gfnet/gfnet.h>

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace app {

/// A picture that was read and labelled, or why it was not.
struct LabelledImage {
  gfnet::Image image;
  gfnet::Classification result;
  /// "PATH: CAUSE"; empty if the picture has a result.
  std::string failure;
};

/// Why a result is none, for a model with broken weights say; nullptr if all is well.
const char* fault_of(const gfnet::Classification& result);

/// Reads and labels pictures, a batch at a time. use gets every one, in order; a picture that
/// cannot be read, or that the device cannot take, costs the others nothing. Throws
/// gfnet::UnsupportedError if the device cannot take so large a batch of any pictures.
void label_files(const std::vector<std::string>& files, gfnet::Classifier& classifier,
                 std::int64_t batch,
                 const std::function<void(const std::string& file, const LabelledImage&)>& use);

}  // namespace app
