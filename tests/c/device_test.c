// Devices, the check of a device, the version and the log.
#include <string.h>

#include "harness.h"

static void lists_devices(void) {
  gfnet_devices* devices = NULL;
  size_t count = 0;
  REQUIRE(CHECK_OK(gfnet_devices_list(&devices, &count)));
  CHECK(count >= 1);
  int defaults = 0;
  int found = 0;
  for (size_t i = 0; i < count; ++i) {
    gfnet_device_info info = {.struct_size = sizeof(info)};
    REQUIRE(CHECK_OK(gfnet_devices_get(devices, i, &info)));
    CHECK(info.name[0] != '\0' && info.driver[0] != '\0' && info.memory_bytes > 0);
    CHECK(strncmp(info.api_version, "1.", 2) == 0);
    CHECK(info.max_buffer_bytes > 0 && info.subgroup_size > 0);
    CHECK(info.auto_precision == GFNET_PRECISION_FP32 ||
          info.auto_precision == GFNET_PRECISION_FP16);
    defaults += info.is_default;
    found += device() == NULL || strstr(info.name, device()) != NULL;
  }
  CHECK(defaults == 1);
  CHECK(found >= 1);
  gfnet_device_info none = {.struct_size = sizeof(none)};
  CHECK_ERROR(gfnet_devices_get(devices, count, &none), GFNET_ERROR_ARGUMENT, "devices");
  gfnet_devices_free(devices);
}

typedef struct progress {
  size_t begun;
  int is_labelled;
} progress;

static void note(const char* kernel, void* data) {
  progress* const so_far = data;
  ++so_far->begun;
  so_far->is_labelled = kernel[0] != '\0';
}

static void checks_a_device(void) {
  progress seen = {0};
  const gfnet_check_options options = {.struct_size = sizeof(options),
                                       .device = device(),
                                       .cache_directory = "c_test_cache",
                                       .on_begin = note,
                                       .data = &seen,
                                       .seed = 17,
                                       .has_seed = 1};
  gfnet_model* const model = model_of(PYRAMID_MODEL);
  gfnet_check_report* report = NULL;
  REQUIRE(CHECK_OK(gfnet_check_device(&options, model, &report)));
  gfnet_model_free(model);
  gfnet_check_info info = {.struct_size = sizeof(info)};
  CHECK_OK(gfnet_check_describe(report, &info));
  CHECK(info.seed == 17 && info.all_right == 1);
  CHECK(info.device[0] != '\0' && info.driver[0] != '\0');
  CHECK(info.kernel_count > 20 && seen.begun >= info.kernel_count && seen.is_labelled);
  for (size_t i = 0; i < info.kernel_count; ++i) {
    gfnet_checked_kernel kernel = {.struct_size = sizeof(kernel)};
    REQUIRE(CHECK_OK(gfnet_check_kernel(report, i, &kernel)));
    CHECK(kernel.name[0] != '\0' && kernel.label[0] != '\0');
    CHECK(kernel.result == GFNET_CHECK_RIGHT && kernel.is_failure == 0);
    CHECK(kernel.cause[0] == '\0' && kernel.problems > 0 && kernel.worst <= 1);
  }
  gfnet_checked_kernel none = {.struct_size = sizeof(none)};
  CHECK_ERROR(gfnet_check_kernel(report, info.kernel_count, &none), GFNET_ERROR_ARGUMENT,
              "kernels");
  gfnet_check_free(report);
}

static void refuses_to_check_what_is_not_there(void) {
  const gfnet_check_options options = {.struct_size = sizeof(options), .device = "no such device"};
  gfnet_check_report* report = NULL;
  CHECK_ERROR(gfnet_check_device(&options, NULL, &report), GFNET_ERROR_NO_DEVICE, "no such device");
  CHECK(report == NULL);
}

static void knows_its_version(void) { CHECK(strcmp(gfnet_version(), GFNET_VERSION) == 0); }

typedef struct lines {
  int count;
  int are_lines;
} lines;

static void count_line(int32_t level, const char* line, void* data) {
  lines* const seen = data;
  ++seen->count;
  if (level < GFNET_LOG_DEBUG || level > GFNET_LOG_WARNING || line[0] == '\0' ||
      strchr(line, '\n') != NULL) {
    seen->are_lines = 0;
  }
}

static void sends_the_log_to_a_function(void) {
  lines seen = {.count = 0, .are_lines = 1};
  CHECK_OK(gfnet_set_log_sink(count_line, &seen));
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_results* results = NULL;
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));  // records commands
  CHECK(seen.count > 0);
  CHECK(seen.are_lines);
  CHECK_OK(gfnet_set_log_sink(NULL, NULL));
  const int before = seen.count;
  gfnet_results_free(results);
  gfnet_image* image = NULL;
  gfnet_pixels pixels[2] = {{0}};
  CHECK_OK(gfnet_image_load(IMAGE, NULL, NULL, &image));
  CHECK_OK(gfnet_image_pixels(image, &pixels[0]));
  pixels[1] = pixels[0];
  CHECK_OK(gfnet_classify(classifier, pixels, 2, &results));  // another size: records again
  CHECK(seen.count == before);
  gfnet_results_free(results);
  gfnet_image_free(image);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

const test_case device_cases[] = {
    {"devices are listed", lists_devices},
    {"a device is checked", checks_a_device},
    {"a device that is not there cannot be checked", refuses_to_check_what_is_not_there},
    {"the library knows its version", knows_its_version},
    {"the log goes to a function", sends_the_log_to_a_function},
    {NULL, NULL}};
