// Models: from files and memory, at other sizes, with other labels; files that are not right.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "harness.h"

static gfnet_model_info info_of(const gfnet_model* model) {
  gfnet_model_info info = {.struct_size = sizeof(info)};
  REQUIRE(CHECK_OK(gfnet_model_describe(model, &info)));
  return info;
}

static void describes_a_model(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  const gfnet_model_info info = info_of(model);
  CHECK(strcmp(info.path, SMALL_MODEL) == 0);
  CHECK(strcmp(info.format, "PyTorch zip") == 0);
  CHECK(info.weights[0] != '\0');
  CHECK(info.image_height == 32 && info.image_width == 32 && info.input_channels == 3);
  CHECK(info.classes == 10);
  CHECK(info.features > 0 && info.layers > 0 && info.parameters > 1000 && info.macs > 1000);
  CHECK(info.mean[0] > 0 && info.mean[2] < 1 && info.deviation[0] > 0 && info.deviation[2] < 1);
  CHECK(info.crop_ratio > 0 && info.crop_ratio <= 1);
  CHECK(info.is_pyramid == 0 && info.has_imagenet_labels == 0);
  gfnet_model_free(model);

  gfnet_model* const pyramid = model_of(PYRAMID_MODEL);
  CHECK(info_of(pyramid).is_pyramid == 1);
  gfnet_model_free(pyramid);
}

static void reads_bytes_like_the_file(void) {
  size_t size = 0;
  unsigned char* const bytes = bytes_of(SMALL_MODEL, &size);
  gfnet_model* model = NULL;
  CHECK_OK(gfnet_model_load_memory(bytes, size, "upload 17", NULL, &model));
  memset(bytes, 0xAA, size);
  free(bytes);
  gfnet_model* const from_file = model_of(SMALL_MODEL);
  const gfnet_model_info info = info_of(model);
  const gfnet_model_info other = info_of(from_file);
  CHECK(strcmp(info.path, "upload 17") == 0);
  CHECK(info.parameters == other.parameters && info.macs == other.macs);
  CHECK(info.features == other.features && info.layers == other.layers);
  gfnet_model_free(model);
  gfnet_model_free(from_file);
}

static void has_labels(void) {
  gfnet_model* const bundled = model_of(BUNDLED_MODEL);
  const char* label = NULL;
  CHECK_OK(gfnet_model_label(bundled, 3, &label));
  CHECK(strcmp(label, "cat") == 0);

  const char* const names[10] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j"};
  gfnet_model* renamed = NULL;
  CHECK_OK(gfnet_model_with_labels(bundled, names, 10, &renamed));
  CHECK_OK(gfnet_model_label(renamed, 9, &label));
  CHECK(strcmp(label, "j") == 0);
  CHECK_OK(gfnet_model_label(bundled, 9, &label));  // has not changed
  CHECK(strcmp(label, "truck") == 0);
  gfnet_model_free(renamed);

  CHECK_ERROR(gfnet_model_with_labels(bundled, names, 9, &renamed), GFNET_ERROR_ARGUMENT, "9");
  CHECK(renamed == NULL);
  const char* const gap[10] = {"a", "b", NULL, "d", "e", "f", "g", "h", "i", "j"};
  CHECK_ERROR(gfnet_model_with_labels(bundled, gap, 10, &renamed), GFNET_ERROR_ARGUMENT,
              "labels[2] is NULL");
  for (int64_t none = -1; none <= 10; none += 11) {
    label = "before";
    CHECK_ERROR(gfnet_model_label(bundled, none, &label), GFNET_ERROR_ARGUMENT, "10 classes");
    CHECK(label == NULL);
  }

  gfnet_model* const unlabelled = model_of(SMALL_MODEL);
  CHECK_OK(gfnet_model_label(unlabelled, 7, &label));
  CHECK(strcmp(label, "class 7") == 0);
  gfnet_model_free(unlabelled);
  gfnet_model_free(bundled);
}

static void takes_labels_from_a_file(void) {
  const char* const path = "c_test_labels.txt";
  FILE* const file = fopen(path, "w");
  REQUIRE(file != NULL);
  for (int i = 0; i < 10; ++i) fprintf(file, "kind %d\n", i);
  fclose(file);
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_model* labelled = NULL;
  const char* label = NULL;
  CHECK_OK(gfnet_model_with_label_file(model, path, &labelled));
  CHECK_OK(gfnet_model_label(labelled, 4, &label));
  CHECK(strcmp(label, "kind 4") == 0);
  gfnet_model_free(labelled);
  remove(path);
  CHECK_ERROR(gfnet_model_with_label_file(model, path, &labelled), GFNET_ERROR_FORMAT, path);
  CHECK_ERROR(gfnet_model_with_label_file(model, PHOTO, &labelled), GFNET_ERROR_FORMAT, PHOTO);
  CHECK(labelled == NULL);
  gfnet_model_free(model);
}

static void has_other_sizes(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_model* larger = NULL;
  CHECK_OK(gfnet_model_at(model, 64, 48, &larger));
  CHECK(info_of(larger).image_height == 64 && info_of(larger).image_width == 48);
  gfnet_model_free(larger);
  const int64_t sizes[][2] = {{33, 32}, {0, 32}, {-4, 32}, {INT64_MAX, INT64_MAX}, {INT64_MIN, 4}};
  for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); ++i) {
    CHECK_ERROR(gfnet_model_at(model, sizes[i][0], sizes[i][1], &larger), GFNET_ERROR_ARGUMENT, "");
    CHECK(larger == NULL);
  }
  gfnet_model_free(model);
}

static void chooses_weights(void) {
  gfnet_model* model = NULL;
  const gfnet_model_options ema = {.struct_size = sizeof(ema), .weights = "ema"};
  CHECK_ERROR(gfnet_model_load(SMALL_MODEL, &ema, &model), GFNET_ERROR_FORMAT, "ema");
  CHECK(model == NULL);
  const gfnet_model_options any = {.struct_size = sizeof(any), .weights = ""};
  CHECK_OK(gfnet_model_load(SMALL_MODEL, &any, &model));
  gfnet_model_free(model);
}

static void refuses_files_that_are_none(void) {
  const char* const paths[] = {"no-such-model.pth", PHOTO, "", "\xff\xfe.pth", "."};
  for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); ++i) {
    gfnet_model* model = NULL;
    CHECK_ERROR(gfnet_model_load(paths[i], NULL, &model), GFNET_ERROR_FORMAT, ": ");
    CHECK(model == NULL);
  }
  gfnet_model* model = NULL;
  CHECK_ERROR(gfnet_model_load_memory(NULL, 0, "nothing", NULL, &model), GFNET_ERROR_FORMAT,
              "nothing: ");
  CHECK_ERROR(gfnet_model_load_memory("x", 1, "\x1b[31m", NULL, &model), GFNET_ERROR_FORMAT,
              "\\x1b[31m: ");
}

static void refuses_truncated_bytes(void) {
  size_t size = 0;
  unsigned char* const bytes = bytes_of(SMALL_MODEL, &size);
  for (size_t left = 0; left < size; left += left < 64 ? 7 : 1499) {
    // Memory of exactly this size, so that the sanitizer sees what reads beyond it.
    unsigned char* const part = malloc(left + 1);
    REQUIRE(part != NULL);
    memcpy(part, bytes, left);
    gfnet_model* model = NULL;
    CHECK_ERROR(gfnet_model_load_memory(part, left, "part", NULL, &model), GFNET_ERROR_FORMAT,
                "part: ");
    CHECK(model == NULL);
    free(part);
  }
  free(bytes);
}

const test_case model_cases[] = {
    {"a model is described", describes_a_model},
    {"a model from memory is that of the file", reads_bytes_like_the_file},
    {"a model has labels, and another model has others", has_labels},
    {"labels come from a file", takes_labels_from_a_file},
    {"a model has other sizes", has_other_sizes},
    {"options choose a network in a file", chooses_weights},
    {"a file that is no model is an error", refuses_files_that_are_none},
    {"a truncated model is an error", refuses_truncated_bytes},
    {NULL, NULL}};
