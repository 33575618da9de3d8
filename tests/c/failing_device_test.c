// Devices that fail: the code of the error says how, and a new classifier works.
#define _POSIX_C_SOURCE 200112L  // setenv

#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

// Makes a classifier, classifies an image and frees all. Returns the error, if there is one.
static gfnet_error* classify(const gfnet_model* model) {
  const gfnet_classifier_options options = {.struct_size = sizeof(options), .device = device()};
  gfnet_classifier* classifier = NULL;
  gfnet_results* results = NULL;
  gfnet_error* error = gfnet_classifier_create(model, &options, &classifier);
  if (error == NULL) error = gfnet_classify_file(classifier, IMAGE, NULL, &results);
  CHECK((results == NULL) == (error != NULL));
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  return error;
}

// A layer makes one call of the driver fail (tests/failures/failing_layer.cpp). The layer counts
// the calls of the process, so that each case needs a process of its own.
static void check_failure(const char* failure, gfnet_code code, const char* message) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  CHECK_OK(classify(model));  // fills the caches, so that the number of calls does not vary
  setenv("VK_LAYER_PATH", GFNET_TEST_LAYERS, 1);
  setenv("VK_INSTANCE_LAYERS", "VK_LAYER_GFNET_failing", 1);
  setenv("GFNET_TEST_FAIL", failure, 1);
  int errors = 0;
  for (int round = 0; round < 4; ++round) {
    gfnet_error* const error = classify(model);
    if (error == NULL) continue;
    ++errors;
    printf("%s\n", gfnet_error_message(error));
    CHECK_ERROR(error, code, message);
  }
  CHECK(errors == 1);
  gfnet_model_free(model);
}

static void runs_out_of_memory(void) {
  check_failure("60 memory", GFNET_ERROR_OUT_OF_MEMORY, " failed: VK_ERROR_OUT_OF_");
}

static void refuses_a_call(void) {
  check_failure("40 refused", GFNET_ERROR_VULKAN, " failed: VK_");
}

static void is_lost(void) {
  check_failure("3 lost", GFNET_ERROR_DEVICE_LOST, "VK_ERROR_DEVICE_LOST");
}

static void hangs(void) { check_failure("1 hang", GFNET_ERROR_DEVICE_LOST, ""); }

const test_case failing_device_cases[] = {{"a device runs out of memory", runs_out_of_memory},
                                          {"a device refuses a call", refuses_a_call},
                                          {"a device is lost", is_lost},
                                          {"a device hangs", hangs},
                                          {NULL, NULL}};
