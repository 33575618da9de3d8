// Memory that does not grow, however often handles are made and freed.
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

// Resident memory of this process in KiB; 0 where it cannot be read.
static long resident(void) {
  FILE* const file = fopen("/proc/self/status", "r");
  if (file == NULL) return 0;
  char line[256];
  long kib = 0;
  while (fgets(line, sizeof(line), file) != NULL) {
    if (sscanf(line, "VmRSS: %ld", &kib) == 1) break;
  }
  fclose(file);
  return kib;
}

static int rounds(void) {
  const char* const wanted = getenv("GFNET_C_ROUNDS");
  return wanted == NULL ? 20 : atoi(wanted);
}

// Does `work` some times, and then `count` times more. Fails if the memory after each of the last
// three quarters of these is larger than the one before by more than `most` KiB a time.
static void check_flat(void (*work)(void), int count, double most) {
#ifdef GFNET_SANITIZE
  count = 4;
  most = 1e30;  // the sanitizer keeps freed memory for a while, and finds leaks itself
#endif
  for (int i = 0; i < 10; ++i) work();
  const int quarter = (count + 3) / 4;
  long last = 0;
  double least_growth = 1e30;
  for (int part = 0; part < 4; ++part) {
    for (int i = 0; i < quarter; ++i) work();
    const long now = resident();
    if (part > 0) {
      const double growth = (double)(now - last) / quarter;
      if (growth < least_growth) least_growth = growth;
    }
    printf("after %d: %ld KiB\n", (part + 1) * quarter, now);
    last = now;
  }
  if (last == 0) skip("no /proc/self/status");
  printf("grows by at least %.2f KiB a time\n", least_growth);
  CHECK(least_growth <= most);
}

static void classify_once(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_results* results = NULL;
  gfnet_result result = {.struct_size = sizeof(result)};
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));
  CHECK_OK(gfnet_results_get(results, 0, &result));
  gfnet_results* none = NULL;
  CHECK_ERROR(gfnet_classify_file(classifier, "none.jpg", NULL, &none), GFNET_ERROR_FORMAT, "");
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

static void classifiers_stay_flat(void) { check_flat(classify_once, rounds(), 8); }

static void load_once(void) {
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_model* larger = NULL;
  gfnet_model* no_model = NULL;
  gfnet_image* image = NULL;
  gfnet_image* no_image = NULL;
  CHECK_OK(gfnet_model_at(model, 64, 64, &larger));
  CHECK_OK(gfnet_image_load(IMAGE, NULL, NULL, &image));
  CHECK_ERROR(gfnet_model_at(model, 33, 33, &no_model), GFNET_ERROR_ARGUMENT, "");
  CHECK_ERROR(gfnet_image_load(SMALL_MODEL, NULL, NULL, &no_image), GFNET_ERROR_FORMAT, "");
  gfnet_image_free(image);
  gfnet_model_free(larger);
  gfnet_model_free(model);
}

static void models_and_images_stay_flat(void) { check_flat(load_once, 1000, 0.25); }

const test_case memory_cases[] = {
    {"memory stays flat when classifiers are made and freed", classifiers_stay_flat},
    {"memory stays flat when models and images are made and freed", models_and_images_stay_flat},
    {NULL, NULL}};
