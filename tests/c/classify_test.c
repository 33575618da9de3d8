// Results: the bits of the C++ interface, from files, memory and pixels.
#include <stdlib.h>
#include <string.h>

#include "expected.h"
#include "harness.h"

static gfnet_result result_at(const gfnet_results* results, size_t index) {
  gfnet_result result = {.struct_size = sizeof(result)};
  REQUIRE(CHECK_OK(gfnet_results_get(results, index, &result)));
  return result;
}

static int same_bits(const float* a, const float* b, size_t count) {
  return memcmp(a, b, count * sizeof(float)) == 0;
}

static void check_result(const gfnet_result* result, const expected* right) {
  REQUIRE(right->logit_count == 10 && right->feature_count > 1);
  REQUIRE(result->logit_count == right->logit_count);
  REQUIRE(result->feature_count == right->feature_count);
  CHECK(same_bits(result->logits, right->logits, right->logit_count));
  CHECK(same_bits(result->features, right->features, right->feature_count));
  REQUIRE(result->top_count == TOP);
  for (size_t i = 0; i < TOP; ++i) {
    CHECK(result->top[i].index == right->classes[i]);
    CHECK(same_bits(&result->top[i].probability, &right->probabilities[i], 1));
  }
  CHECK(result->fault == NULL);
}

static void check_results(gfnet_results* results, const expected* right) {
  REQUIRE(results != NULL);
  const gfnet_result result = result_at(results, 0);
  check_result(&result, right);
  gfnet_result none = {.struct_size = sizeof(none)};
  CHECK_ERROR(gfnet_results_get(results, 1, &none), GFNET_ERROR_ARGUMENT, "there are 1 results");
  gfnet_results_free(results);
}

static void classifies_files_and_bytes(void) {
  const expected right = expected_of(BUNDLED_MODEL, PHOTO, 0, 0, 0);
  gfnet_model* const model = model_of(BUNDLED_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_model_free(model);  // the classifier keeps what it needs
  gfnet_results* results = NULL;
  CHECK_OK(gfnet_classify_file(classifier, PHOTO, NULL, &results));
  const gfnet_result result = result_at(results, 0);
  CHECK(strcmp(result.top[0].label, "cat") == 0 && strcmp(result.top[0].short_label, "cat") == 0);
  CHECK(strcmp(result.top[0].synset, "") == 0);
  check_results(results, &right);

  size_t size = 0;
  unsigned char* const bytes = bytes_of(PHOTO, &size);
  CHECK_OK(gfnet_classify_memory(classifier, bytes, size, "upload", NULL, &results));
  free(bytes);
  check_results(results, &right);

  // Whole, and as much of it as the classifier needs.
  const gfnet_classifier* const readers[] = {NULL, classifier};
  for (size_t i = 0; i < 2; ++i) {
    gfnet_image* image = NULL;
    gfnet_pixels pixels = {0};
    CHECK_OK(gfnet_image_load(PHOTO, readers[i], NULL, &image));
    CHECK_OK(gfnet_image_pixels(image, &pixels));
    CHECK_OK(gfnet_classify(classifier, &pixels, 1, &results));
    gfnet_image_free(image);
    check_results(results, &right);
  }
  gfnet_classifier_free(classifier);
}

// The pixels of an RGB image in another format, in rows with a gap. free() the data.
static gfnet_pixels converted(gfnet_pixels rgb, int32_t format) {
  static const int order[4][4] = {{0, 1, 2, -1}, {2, 1, 0, -1}, {0, 1, 2, -1}, {2, 1, 0, -1}};
  const size_t bytes = format >= GFNET_FORMAT_RGBA ? 4 : 3;
  gfnet_pixels to = rgb;
  to.format = format;
  to.row_stride = bytes * rgb.width + 13;
  unsigned char* const data = malloc(to.row_stride * rgb.height);
  REQUIRE(data != NULL);
  memset(data, 0x5A, to.row_stride * rgb.height);
  for (size_t y = 0; y < rgb.height; ++y) {
    for (size_t x = 0; x < rgb.width; ++x) {
      for (size_t i = 0; i < 3; ++i) {
        data[y * to.row_stride + bytes * x + i] =
            rgb.data[y * rgb.row_stride + 3 * x + (size_t)order[format][i]];
      }
    }
  }
  to.data = data;
  return to;
}

static void classifies_every_format(void) {
  const expected right = expected_of(SMALL_MODEL, IMAGE, 0, 0, 0);
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_image* image = NULL;
  gfnet_pixels rgb = {0};
  CHECK_OK(gfnet_image_load(IMAGE, NULL, NULL, &image));
  CHECK_OK(gfnet_image_pixels(image, &rgb));

  gfnet_pixels batch[5] = {rgb};
  for (int32_t format = 0; format < 4; ++format) batch[format + 1] = converted(rgb, format);
  gfnet_results* results = NULL;
  CHECK_OK(gfnet_classify(classifier, batch, 5, &results));
  for (size_t i = 0; i < 5; ++i) {
    const gfnet_result result = result_at(results, i);
    check_result(&result, &right);
  }
  gfnet_results_free(results);
  for (size_t i = 1; i < 5; ++i) free((void*)batch[i].data);
  gfnet_image_free(image);

  // Grey is the same as three equal channels.
  unsigned char grey[40 * 30];
  unsigned char equal[3 * 40 * 30];
  for (size_t i = 0; i < sizeof(grey); ++i) {
    grey[i] = (unsigned char)(i * 7919 >> 3);
    memset(&equal[3 * i], grey[i], 3);
  }
  const gfnet_pixels pair[2] = {
      {.data = grey, .row_stride = 40, .width = 40, .height = 30, .format = GFNET_FORMAT_GREY},
      {.data = equal, .row_stride = 120, .width = 40, .height = 30}};
  CHECK_OK(gfnet_classify(classifier, pair, 2, &results));
  CHECK(same_bits(result_at(results, 0).logits, result_at(results, 1).logits, 10));
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

static void writes_to_the_callers_memory(void) {
  const expected right = expected_of(SMALL_MODEL, IMAGE, 0, 0, 0);
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_image* image = NULL;
  gfnet_pixels pixels[2] = {{0}};
  CHECK_OK(gfnet_image_load(IMAGE, classifier, NULL, &image));
  CHECK_OK(gfnet_image_pixels(image, &pixels[0]));
  pixels[1] = pixels[0];

  enum { BORDER = 3 };
  const size_t sizes[2] = {right.logit_count, right.feature_count};
  const float* const numbers[2] = {right.logits, right.features};
  for (size_t kind = 0; kind < 2; ++kind) {
    const size_t each = sizes[kind];
    float memory[2 * MOST_NUMBERS + 2 * BORDER];
    for (size_t i = 0; i < 2 * each + 2 * BORDER; ++i) memory[i] = 12345;
    gfnet_error* (*const into)(gfnet_classifier*, const gfnet_pixels*, size_t, float*, size_t) =
        kind == 0 ? gfnet_logits_into : gfnet_features_into;
    for (size_t wrong = 2 * each - 1; wrong <= 2 * each + 1; wrong += 2) {
      CHECK_ERROR(into(classifier, pixels, 2, memory, wrong), GFNET_ERROR_ARGUMENT, "do not fit");
    }
    for (size_t i = 0; i < 2 * each + 2 * BORDER; ++i) REQUIRE(memory[i] == 12345);
    CHECK_OK(into(classifier, pixels, 2, memory + BORDER, 2 * each));
    CHECK(same_bits(memory + BORDER, numbers[kind], each));
    CHECK(same_bits(memory + BORDER + each, numbers[kind], each));
    for (size_t i = 0; i < BORDER; ++i) {
      CHECK(memory[i] == 12345 && memory[BORDER + 2 * each + i] == 12345);
    }
    CHECK_OK(into(classifier, NULL, 0, NULL, 0));
  }
  gfnet_image_free(image);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

static void follows_the_options(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  const expected right = expected_of(SMALL_MODEL, IMAGE, 64, 48, 1);
  gfnet_classifier_options options = {.struct_size = sizeof(options),
                                      .device = device(),
                                      .image_height = 64,
                                      .image_width = 48,
                                      .features = 1,
                                      .precision = GFNET_PRECISION_FP32,
                                      .tuning = GFNET_TUNING_NEVER,
                                      .scores = GFNET_SCORES_SIGMOID};
  gfnet_classifier* classifier = NULL;
  gfnet_results* results = NULL;
  REQUIRE(CHECK_OK(gfnet_classifier_create(model, &options, &classifier)));
  CHECK_OK(gfnet_classifier_prepare(classifier, 1));
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));
  check_results(results, &right);
  gfnet_classifier_info info = {.struct_size = sizeof(info)};
  CHECK_OK(gfnet_classifier_describe(classifier, &info));
  CHECK(info.image_height == 64 && info.image_width == 48 && info.input_channels == 3);
  CHECK(info.classes == 10 && info.features == (int64_t)right.feature_count);
  CHECK(info.default_batch >= 1 && info.precision == GFNET_PRECISION_FP32);
  CHECK(info.device[0] != '\0' && info.driver[0] != '\0');
  gfnet_classifier_free(classifier);

  // The same size, from another model.
  gfnet_model* larger = NULL;
  CHECK_OK(gfnet_model_at(model, 64, 48, &larger));
  options =
      (gfnet_classifier_options){.struct_size = sizeof(options), .device = device(), .top_k = 2};
  REQUIRE(CHECK_OK(gfnet_classifier_create(larger, &options, &classifier)));
  gfnet_model_free(larger);
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));
  const gfnet_result result = result_at(results, 0);
  CHECK(same_bits(result.logits, right.logits, 10));
  CHECK(result.top_count == 2 && result.feature_count == 0);
  gfnet_results_free(results);
  float features[MOST_NUMBERS];
  gfnet_pixels none = {0};
  CHECK_ERROR(gfnet_features_into(classifier, &none, 1, features, 64), GFNET_ERROR_ARGUMENT,
              "gfnet_classifier_options::features");
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

static void takes_no_images(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_results* results = NULL;
  CHECK_OK(gfnet_classify(classifier, NULL, 0, &results));
  gfnet_result result = {.struct_size = sizeof(result)};
  CHECK_ERROR(gfnet_results_get(results, 0, &result), GFNET_ERROR_ARGUMENT, "0 results");
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

static void goes_on_after_errors(void) {
  const expected right = expected_of(SMALL_MODEL, IMAGE, 0, 0, 0);
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  unsigned char data[12] = {0};
  gfnet_results* results = NULL;
  const gfnet_pixels good = {.data = data, .row_stride = 6, .width = 2, .height = 2};
  gfnet_pixels bad[6] = {good, good, good, good, good, good};
  bad[0].data = NULL;
  bad[1].row_stride = 5;
  bad[2].width = 0;
  bad[3].height = 0;
  bad[4].format = 5;
  bad[5].part_of = (gfnet_part_of){.width = 1, .height = 1};
  for (size_t i = 0; i < 6; ++i) {
    const gfnet_pixels pair[2] = {good, bad[i]};
    CHECK_ERROR(gfnet_classify(classifier, pair, 2, &results), GFNET_ERROR_ARGUMENT, "images[1]: ");
    CHECK(results == NULL);
  }
  CHECK_ERROR(gfnet_classify_file(classifier, "none.jpg", NULL, &results), GFNET_ERROR_FORMAT,
              "none.jpg: no such file");
  CHECK_ERROR(gfnet_classify_memory(classifier, data, 12, "zeros", NULL, &results),
              GFNET_ERROR_FORMAT, "zeros: ");
  CHECK_ERROR(gfnet_classifier_prepare(classifier, 0), GFNET_ERROR_ARGUMENT, "");
  CHECK_ERROR(gfnet_classifier_prepare(classifier, INT64_C(1) << 40), GFNET_ERROR_TOO_LARGE, "");
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));
  check_results(results, &right);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

const test_case classify_cases[] = {
    {"files, bytes and pixels have the results of the C++ interface", classifies_files_and_bytes},
    {"every format of pixels has the same results", classifies_every_format},
    {"logits and features go to memory of the caller", writes_to_the_callers_memory},
    {"a classifier does what its options say", follows_the_options},
    {"a batch may have no images", takes_no_images},
    {"a classifier works after errors", goes_on_after_errors},
    {NULL, NULL}};
