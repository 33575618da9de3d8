// Mistakes of the caller are errors: NULL in every place, values that are impossible.
#include <string.h>

#include "harness.h"

#define CHECK_NULL(call, name) CHECK_ERROR(call, GFNET_ERROR_ARGUMENT, name " is NULL")

static void frees_null(void) {
  gfnet_error_free(NULL);
  gfnet_model_free(NULL);
  gfnet_classifier_free(NULL);
  gfnet_image_free(NULL);
  gfnet_results_free(NULL);
  gfnet_devices_free(NULL);
  gfnet_check_free(NULL);
  CHECK(gfnet_error_code(NULL) == GFNET_OK);
  CHECK(strcmp(gfnet_error_message(NULL), "") == 0);
}

static void refuses_null_for_models(void) {
  gfnet_model* model = NULL;
  CHECK_NULL(gfnet_model_load(NULL, NULL, &model), "path");
  CHECK_NULL(gfnet_model_load(SMALL_MODEL, NULL, NULL), "model");
  CHECK_NULL(gfnet_model_load_memory(NULL, 1, "x", NULL, &model), "bytes");
  CHECK_NULL(gfnet_model_load_memory("x", 1, NULL, NULL, &model), "name");
  CHECK_NULL(gfnet_model_load_memory("x", 1, "x", NULL, NULL), "model");
  CHECK_NULL(gfnet_model_at(NULL, 32, 32, &model), "model");
  CHECK_NULL(gfnet_model_with_labels(NULL, NULL, 0, &model), "model");
  CHECK_NULL(gfnet_model_with_label_file(NULL, PHOTO, &model), "model");
  const char* label = NULL;
  gfnet_model_info info = {.struct_size = sizeof(info)};
  CHECK_NULL(gfnet_model_describe(NULL, &info), "model");
  CHECK_NULL(gfnet_model_label(NULL, 0, &label), "model");
  CHECK(model == NULL);

  model = model_of(SMALL_MODEL);
  gfnet_model* other = NULL;
  CHECK_NULL(gfnet_model_at(model, 32, 32, NULL), "resized");
  CHECK_NULL(gfnet_model_with_labels(model, NULL, 10, &other), "labels");
  CHECK_NULL(gfnet_model_with_labels(model, NULL, 0, NULL), "labelled");
  CHECK_NULL(gfnet_model_with_label_file(model, NULL, &other), "path");
  CHECK_NULL(gfnet_model_with_label_file(model, PHOTO, NULL), "labelled");
  CHECK_NULL(gfnet_model_describe(model, NULL), "info");
  CHECK_NULL(gfnet_model_label(model, 0, NULL), "label");
  gfnet_classifier* classifier = NULL;
  CHECK_NULL(gfnet_classifier_create(NULL, NULL, &classifier), "model");
  CHECK_NULL(gfnet_classifier_create(model, NULL, NULL), "classifier");
  CHECK(other == NULL && classifier == NULL);
  gfnet_model_free(model);
}

static void refuses_null_for_images(void) {
  gfnet_image* image = NULL;
  gfnet_pixels pixels = {0};
  CHECK_NULL(gfnet_image_load(NULL, NULL, NULL, &image), "path");
  CHECK_NULL(gfnet_image_load(IMAGE, NULL, NULL, NULL), "image");
  CHECK_NULL(gfnet_image_decode(NULL, 1, "x", NULL, NULL, &image), "bytes");
  CHECK_NULL(gfnet_image_decode("x", 1, NULL, NULL, NULL, &image), "name");
  CHECK_NULL(gfnet_image_decode("x", 1, "x", NULL, NULL, NULL), "image");
  CHECK_NULL(gfnet_image_pixels(NULL, &pixels), "image");
  CHECK(image == NULL);
  CHECK_OK(gfnet_image_load(IMAGE, NULL, NULL, &image));
  CHECK_NULL(gfnet_image_pixels(image, NULL), "pixels");
  gfnet_image_free(image);
}

static void refuses_null_for_classifiers(void) {
  gfnet_results* results = NULL;
  const gfnet_pixels pixels = {0};
  float number = 0;
  gfnet_classifier_info info = {.struct_size = sizeof(info)};
  CHECK_NULL(gfnet_classifier_describe(NULL, &info), "classifier");
  CHECK_NULL(gfnet_classifier_prepare(NULL, 1), "classifier");
  CHECK_NULL(gfnet_classify(NULL, &pixels, 1, &results), "classifier");
  CHECK_NULL(gfnet_classify_file(NULL, IMAGE, NULL, &results), "classifier");
  CHECK_NULL(gfnet_classify_memory(NULL, "x", 1, "x", NULL, &results), "classifier");
  CHECK_NULL(gfnet_logits_into(NULL, &pixels, 1, &number, 1), "classifier");
  CHECK_NULL(gfnet_features_into(NULL, &pixels, 1, &number, 1), "classifier");
  gfnet_result result = {.struct_size = sizeof(result)};
  CHECK_NULL(gfnet_results_get(NULL, 0, &result), "results");

  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  CHECK_NULL(gfnet_classifier_describe(classifier, NULL), "info");
  CHECK_NULL(gfnet_classify(classifier, NULL, 1, &results), "images");
  CHECK_NULL(gfnet_classify(classifier, &pixels, 1, NULL), "results");
  for (size_t count = SIZE_MAX; count > SIZE_MAX / sizeof(gfnet_pixels) / 2; count /= 2) {
    CHECK_ERROR(gfnet_classify(classifier, &pixels, count, &results), GFNET_ERROR_ARGUMENT, "images: the count is too large");
  }
  CHECK_NULL(gfnet_classify_file(classifier, NULL, NULL, &results), "path");
  CHECK_NULL(gfnet_classify_file(classifier, IMAGE, NULL, NULL), "results");
  CHECK_NULL(gfnet_classify_memory(classifier, NULL, 1, "x", NULL, &results), "bytes");
  CHECK_NULL(gfnet_classify_memory(classifier, "x", 1, NULL, NULL, &results), "name");
  CHECK_NULL(gfnet_classify_memory(classifier, "x", 1, "x", NULL, NULL), "results");
  CHECK_NULL(gfnet_logits_into(classifier, NULL, 1, &number, 1), "images");
  CHECK_NULL(gfnet_logits_into(classifier, &pixels, 1, NULL, 1), "logits");
  CHECK_NULL(gfnet_features_into(classifier, NULL, 1, &number, 1), "images");
  CHECK_NULL(gfnet_features_into(classifier, &pixels, 1, NULL, 1), "features");
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));
  CHECK_NULL(gfnet_results_get(results, 0, NULL), "result");
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

static void refuses_null_for_devices_and_checks(void) {
  gfnet_devices* devices = NULL;
  size_t count = 7;
  gfnet_device_info info = {.struct_size = sizeof(info)};
  CHECK_NULL(gfnet_devices_list(NULL, &count), "devices");
  CHECK_NULL(gfnet_devices_list(&devices, NULL), "count");
  CHECK_NULL(gfnet_devices_get(NULL, 0, &info), "devices");
  CHECK(devices == NULL);
  CHECK_OK(gfnet_devices_list(&devices, &count));
  CHECK_NULL(gfnet_devices_get(devices, 0, NULL), "info");
  gfnet_devices_free(devices);

  gfnet_check_info check = {.struct_size = sizeof(check)};
  gfnet_checked_kernel kernel = {.struct_size = sizeof(kernel)};
  CHECK_NULL(gfnet_check_device(NULL, NULL, NULL), "report");
  CHECK_NULL(gfnet_check_describe(NULL, &check), "report");
  CHECK_NULL(gfnet_check_kernel(NULL, 0, &kernel), "report");
  CHECK_NULL(gfnet_set_check_program(NULL, 1), "words");
  const char* const words[] = {"program", NULL};
  CHECK_NULL(gfnet_set_check_program(words, 2), "words[1]");
  CHECK_OK(gfnet_set_check_program(NULL, 0));
}

static void refuses_impossible_options(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  const gfnet_classifier_options plain = {.struct_size = sizeof(plain), .device = device()};
  gfnet_classifier_options wrong[9] = {plain, plain, plain, plain, plain,
                                       plain, plain, plain, plain};
  wrong[0].precision = 3;
  wrong[1].precision = -1;
  wrong[2].tuning = 3;
  wrong[3].scores = 2;
  wrong[4].scores = INT32_MIN;
  wrong[5].top_k = -1;
  wrong[6].image_height = 32;  // without a width
  wrong[7].image_width = 33;
  wrong[7].image_height = 33;
  wrong[8].top_k = INT64_MIN;
  for (size_t i = 0; i < 9; ++i) {
    gfnet_classifier* classifier = NULL;
    CHECK_ERROR(gfnet_classifier_create(model, &wrong[i], &classifier), GFNET_ERROR_ARGUMENT, "");
    CHECK(classifier == NULL);
  }
  gfnet_classifier_options nowhere = plain;
  nowhere.device = "no such device";
  gfnet_classifier* classifier = NULL;
  CHECK_ERROR(gfnet_classifier_create(model, &nowhere, &classifier), GFNET_ERROR_NO_DEVICE,
              "no such device");
  gfnet_model_free(model);
}

const test_case argument_cases[] = {
    {"NULL can be freed", frees_null},
    {"models refuse NULL", refuses_null_for_models},
    {"images refuse NULL", refuses_null_for_images},
    {"classifiers refuse NULL", refuses_null_for_classifiers},
    {"devices and checks refuse NULL", refuses_null_for_devices_and_checks},
    {"impossible options are errors", refuses_impossible_options},
    {NULL, NULL}};
