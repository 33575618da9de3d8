#pragma once

#include <stddef.h>
#include <stdint.h>

#include "gfnet/c/call.h"
#include "gfnet/c/classifier.h"
#include "gfnet/c/error.h"
#include "gfnet/c/image.h"

/// Classifying images, and what comes out. gfnet/c.h has the rules for all calls.
GFNET_C_BEGIN

/// The results of a batch. They never change.
typedef struct gfnet_results gfnet_results;

/// Classifies `count` images of any size and format as one batch: resizes, crops and normalises
/// them on the device. Results do not depend on how images are batched. images: [count]; may be
/// NULL if count is 0. GFNET_ERROR_ARGUMENT if an image has no pixels, no data, an unknown format,
/// or a row stride shorter than a row; the message names the image by its index.
/// GFNET_ERROR_UNSUPPORTED, GFNET_ERROR_TOO_LARGE, GFNET_ERROR_VULKAN, GFNET_ERROR_DEVICE_LOST.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_classify(gfnet_classifier* classifier,
                                                     const gfnet_pixels* images, size_t count,
                                                     gfnet_results** results) GFNET_NOEXCEPT;

/// Reads and classifies one image file. The results have one image. options: may be NULL. Errors as
/// for gfnet_image_load() and gfnet_classify().
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_classify_file(gfnet_classifier* classifier,
                                                          const char* path,
                                                          const gfnet_image_options* options,
                                                          gfnet_results** results) GFNET_NOEXCEPT;

/// Decodes and classifies one image file whose bytes are in memory. Arguments as for
/// gfnet_image_decode(). The results have one image.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_classify_memory(gfnet_classifier* classifier,
                                                            const void* bytes, size_t size,
                                                            const char* name,
                                                            const gfnet_image_options* options,
                                                            gfnet_results** results) GFNET_NOEXCEPT;

/// Classifies as gfnet_classify() does, and writes only the logits, to the caller's memory. logits:
/// [count, classes], row-major; numbers: count·classes. GFNET_ERROR_ARGUMENT for another number.
/// If the call fails, nothing is written.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_logits_into(gfnet_classifier* classifier,
                                                        const gfnet_pixels* images, size_t count,
                                                        float* logits,
                                                        size_t numbers) GFNET_NOEXCEPT;

/// Writes the features of images to the caller's memory: for each image, the mean over the last
/// stage's tokens after the last normalisation. features: [count, features], row-major; numbers:
/// count·features (gfnet_classifier_info::features). GFNET_ERROR_ARGUMENT for another number, or
/// without gfnet_classifier_options::features. Other errors as for gfnet_classify(). If the call
/// fails, nothing is written.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_features_into(gfnet_classifier* classifier,
                                                          const gfnet_pixels* images, size_t count,
                                                          float* features,
                                                          size_t numbers) GFNET_NOEXCEPT;

/// A class and its probability. Never gets more members.
typedef struct gfnet_prediction {
  int64_t index;
  const char* label;
  /// For ImageNet's labels: a short name that no other class has. Otherwise `label`.
  const char* short_label;
  /// For ImageNet's labels: the WordNet synset, such as "n01440764". Otherwise "".
  const char* synset;
  float probability;
} gfnet_prediction;

/// The result of one image. An array without elements may be NULL.
typedef struct gfnet_result {
  size_t struct_size;
  /// [top_count], the most probable first.
  const gfnet_prediction* top;
  size_t top_count;
  /// [logit_count]: one for each class.
  const float* logits;
  size_t logit_count;
  /// [feature_count]. None without gfnet_classifier_options::features.
  const float* features;
  size_t feature_count;
  /// Why the result is invalid; NULL if all logits and features are finite.
  const char* fault;
} gfnet_result;

/// The result of the image with this index. GFNET_ERROR_ARGUMENT if there is no such image.
GFNET_API GFNET_MUST_USE gfnet_error* gfnet_results_get(const gfnet_results* results, size_t index,
                                                        gfnet_result* result) GFNET_NOEXCEPT;

GFNET_API void gfnet_results_free(gfnet_results* results) GFNET_NOEXCEPT;

GFNET_C_END
