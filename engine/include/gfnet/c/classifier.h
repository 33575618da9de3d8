#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/error.h"
#include "gfnet/c/model.h"

/// Models that are compiled for a device. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// A model compiled for a device.
typedef struct gfnet_classifier gfnet_classifier;

/// How activations and weights are stored and multiplied (gfnet/precision.h).
enum { GFNET_PRECISION_AUTO = 0, GFNET_PRECISION_FP32 = 1, GFNET_PRECISION_FP16 = 2 };
/// Whether kernels are timed when a model first runs on a device. AUTO: on GPUs only.
enum { GFNET_TUNING_AUTO = 0, GFNET_TUNING_NEVER = 1, GFNET_TUNING_ALWAYS = 2 };
/// How probabilities are made of logits. SIGMOID is for heads with several labels per image.
enum { GFNET_SCORES_SOFTMAX = 0, GFNET_SCORES_SIGMOID = 1 };

typedef struct gfnet_classifier_options {
  size_t struct_size;
  /// Index of a device, or part of a device's name. NULL or "": the best GPU; if there is no GPU, a
  /// software driver.
  const char* device;
  /// Folder that keeps compiled pipelines between runs of the program. NULL or "": $GFNET_CACHE; if
  /// that is not set, the user's cache folder.
  const char* cache_directory;
  /// Size of the images that the network gets. Both 0: the model's own.
  int64_t image_height;
  int64_t image_width;
  /// Number of most probable classes to report. 0: 5.
  int64_t top_k;
  /// GFNET_PRECISION_…, GFNET_TUNING_…, GFNET_SCORES_….
  int32_t precision;
  int32_t tuning;
  int32_t scores;
  /// Not 0: gfnet_result::features and gfnet_features_into() give features, at the cost of one
  /// normalisation and one mean. Models without a head need it.
  int32_t features;
} gfnet_classifier_options;

/// Chooses the device and compiles the model. The first batch of each size takes longer: it creates
/// pipelines. options: may be NULL. GFNET_ERROR_ARGUMENT for an invalid option,
/// GFNET_ERROR_NO_DEVICE, GFNET_ERROR_UNSUPPORTED, GFNET_ERROR_FORMAT (weights that halves cannot
/// hold; a model without a head and without `features`), GFNET_ERROR_VULKAN.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_classifier_create(
    const gfnet_model* model, const gfnet_classifier_options* options,
    gfnet_classifier** classifier) GFNET_NOEXCEPT;

/// What a classifier uses, and the sizes of what it gives.
typedef struct gfnet_classifier_info {
  size_t struct_size;
  /// Name and driver of the device.
  const char* device;
  const char* driver;
  /// Size and channels of the network's input.
  int64_t image_height;
  int64_t image_width;
  int64_t input_channels;
  /// Number of logits and of features of an image. 0 features if they are not computed.
  int64_t classes;
  int64_t features;
  /// A batch size that keeps the device busy without taking much memory.
  int64_t default_batch;
  /// The device's number, as for gfnet_classifier_options::device.
  uint32_t device_index;
  /// GFNET_PRECISION_FP32 or GFNET_PRECISION_FP16.
  int32_t precision;
} gfnet_classifier_info;

GFNET_API GFNET_MUST_USE gfnet_error* gfnet_classifier_describe(
    const gfnet_classifier* classifier, gfnet_classifier_info* info) GFNET_NOEXCEPT;

/// Uploads weights, tunes and creates pipelines for a batch size now, so that the first batch of
/// this size does not. GFNET_ERROR_ARGUMENT if batch is below 1, GFNET_ERROR_TOO_LARGE,
/// GFNET_ERROR_UNSUPPORTED, GFNET_ERROR_VULKAN, GFNET_ERROR_DEVICE_LOST.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_classifier_prepare(gfnet_classifier* classifier,
                                                               int64_t batch) GFNET_NOEXCEPT;

GFNET_API void gfnet_classifier_free(gfnet_classifier* classifier) GFNET_NOEXCEPT;

GFNET_C_END
