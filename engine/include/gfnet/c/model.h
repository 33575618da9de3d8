#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/error.h"

/// Checkpoints that were read. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// A GFNet checkpoint, read and checked. It never changes.
typedef struct gfnet_model gfnet_model;

typedef struct gfnet_model_options {
  size_t struct_size;
  /// Which network to take from a file that holds several: part of a name, "ema" or "model". NULL
  /// or "": the default choice (ModelLoadOptions::weights in gfnet/model.h).
  const char* weights;
} gfnet_model_options;

/// Reads a PyTorch (.pth, zip or legacy format) or safetensors file; of a model in several
/// safetensors files, the index or the folder that holds it. Runs no code from the file. options:
/// may be NULL. GFNET_ERROR_FORMAT if the file cannot be read, does not hold a GFNet, or holds
/// several and the options do not choose one.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_load(const char* path,
                                                       const gfnet_model_options* options,
                                                       gfnet_model** model) GFNET_NOEXCEPT;

/// Reads a checkpoint file whose bytes are in memory, which may be freed after the call. name: used
/// instead of a path in messages. bytes: may be NULL if size is 0. options: may be NULL. Errors as
/// for gfnet_model_load().
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_load_memory(const void* bytes, size_t size,
                                                              const char* name,
                                                              const gfnet_model_options* options,
                                                              gfnet_model** model) GFNET_NOEXCEPT;

/// The same network for images of another size, in pixels: the filters and the position embedding
/// are interpolated. GFNET_ERROR_ARGUMENT if a side is not a multiple of the product of the stages'
/// patch sizes, or if a tensor would exceed 4 GiB.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_at(const gfnet_model* model, int64_t height,
                                                     int64_t width,
                                                     gfnet_model** resized) GFNET_NOEXCEPT;

/// The same network with other labels, which are copied. GFNET_ERROR_ARGUMENT if `count` is not the
/// number of classes. labels: may be NULL if count is 0.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_with_labels(
    const gfnet_model* model, const char* const* labels, size_t count,
    gfnet_model** labelled) GFNET_NOEXCEPT;

/// The same network with the lines of a file as labels. GFNET_ERROR_FORMAT if the file cannot be
/// read or if the number of its lines is not the number of classes.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_with_label_file(
    const gfnet_model* model, const char* path, gfnet_model** labelled) GFNET_NOEXCEPT;

/// The architecture of a network, and what its input must be.
typedef struct gfnet_model_info {
  size_t struct_size;
  /// The path or name that the model was loaded with.
  const char* path;
  /// "PyTorch zip", "PyTorch legacy", "safetensors" or "safetensors, sharded".
  const char* format;
  /// Where in the file the network was found. "." if its tensors are the file's outermost.
  const char* weights;
  /// Size of the network's input, in pixels, and its channels.
  int64_t image_height;
  int64_t image_width;
  int64_t input_channels;
  /// Number of logits of an image. 0 if the network has no head: then it gives features only.
  int64_t classes;
  /// Number of features of an image: the channels of the last stage.
  int64_t features;
  /// Number of blocks in all stages.
  int64_t layers;
  int64_t parameters;
  /// Multiply-accumulate operations of one image.
  double macs;
  /// Normalisation of each channel, [input_channels]: (value − mean) / deviation, for values scaled
  /// to 0…1.
  const float* mean;
  const float* deviation;
  /// Preprocessing: the side of the crop divided by the side of the resized image.
  double crop_ratio;
  /// 1 if the network has several stages with shrinking grids, otherwise 0.
  int32_t is_pyramid;
  /// 1 if the labels are ImageNet's because the checkpoint has none of its own, otherwise 0.
  int32_t has_imagenet_labels;
} gfnet_model_info;

GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_describe(const gfnet_model* model,
                                                           gfnet_model_info* info) GFNET_NOEXCEPT;

/// Sets `label` to the label of a class, which belongs to the model: "class N" if there is none.
/// GFNET_ERROR_ARGUMENT if there is no such class.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_model_label(const gfnet_model* model, int64_t index,
                                                        const char** label) GFNET_NOEXCEPT;

GFNET_API void gfnet_model_free(gfnet_model* model) GFNET_NOEXCEPT;

GFNET_C_END
