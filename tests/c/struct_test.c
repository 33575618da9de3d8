// Structs of programs that were compiled with an earlier or a later version of the header.
#include <string.h>

#include "harness.h"

static void refuses_structs_without_a_size(void) {
  gfnet_model* model = NULL;
  const size_t too_small[] = {0, 1, sizeof(size_t), sizeof(gfnet_model_options) - 1};
  for (size_t i = 0; i < sizeof(too_small) / sizeof(too_small[0]); ++i) {
    const gfnet_model_options options = {.struct_size = too_small[i]};
    CHECK_ERROR(gfnet_model_load(SMALL_MODEL, &options, &model), GFNET_ERROR_ARGUMENT,
                "options->struct_size");
    CHECK(model == NULL);
  }
  model = model_of(SMALL_MODEL);
  gfnet_model_info info;
  memset(&info, 0x55, sizeof(info));
  info.struct_size = sizeof(void*);
  CHECK_ERROR(gfnet_model_describe(model, &info), GFNET_ERROR_ARGUMENT, "info->struct_size");
  for (size_t i = sizeof(size_t); i < sizeof(info); ++i) {
    REQUIRE(((const unsigned char*)&info)[i] == 0x55);
  }
  gfnet_model_free(model);
}

// What a later version of the header might have.
typedef struct later_options {
  gfnet_model_options known;
  const char* unknown;
  int64_t more;
} later_options;

static void refuses_unknown_options_that_are_set(void) {
  gfnet_model* model = NULL;
  later_options options = {.known = {.struct_size = sizeof(options)}};
  CHECK_OK(gfnet_model_load(SMALL_MODEL, &options.known, &model));
  gfnet_model_free(model);
  options.more = INT64_C(1) << 56;
  CHECK_ERROR(gfnet_model_load(SMALL_MODEL, &options.known, &model), GFNET_ERROR_UNSUPPORTED,
              "options that this version of gfnet lacks");
  CHECK(model == NULL);
}

typedef struct later_info {
  gfnet_model_info known;
  int64_t unknown[3];
} later_info;

static void clears_unknown_members(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  later_info info;
  memset(&info, 0x55, sizeof(info));
  info.known.struct_size = offsetof(later_info, unknown) + 2 * sizeof(int64_t);
  CHECK_OK(gfnet_model_describe(model, &info.known));
  CHECK(info.known.struct_size == offsetof(later_info, unknown) + 2 * sizeof(int64_t));
  CHECK(info.known.classes == 10);
  CHECK(info.unknown[0] == 0 && info.unknown[1] == 0);
  CHECK(info.unknown[2] == INT64_C(0x5555555555555555));
  gfnet_model_free(model);
}

static void has_no_gaps_at_the_end(void) {
  // A member that a later version adds must not lie where earlier programs have padding.
#define ENDS_WITH(type, member) \
  CHECK(sizeof(type) == offsetof(type, member) + sizeof(((type*)NULL)->member))
  ENDS_WITH(gfnet_model_options, weights);
  ENDS_WITH(gfnet_model_info, has_imagenet_labels);
  ENDS_WITH(gfnet_classifier_options, features);
  ENDS_WITH(gfnet_classifier_info, precision);
  ENDS_WITH(gfnet_image_options, reserved);
  ENDS_WITH(gfnet_result, fault);
  ENDS_WITH(gfnet_device_info, timestamps);
  ENDS_WITH(gfnet_check_options, has_seed);
  ENDS_WITH(gfnet_check_info, all_right);
  ENDS_WITH(gfnet_checked_kernel, is_failure);
}

const test_case struct_cases[] = {
    {"a struct without its size is an error", refuses_structs_without_a_size},
    {"an unknown option that is set is an error", refuses_unknown_options_that_are_set},
    {"unknown members of a description become 0", clears_unknown_members},
    {"structs that grow have no padding at the end", has_no_gaps_at_the_end},
    {NULL, NULL}};
