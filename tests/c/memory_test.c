// Memory that does not grow, however often handles are made and freed.
#include <stdio.h>
#include <stdlib.h>

#include "harness.h"

#ifdef __GLIBC__
#include <malloc.h>
#if __GLIBC_PREREQ(2, 33)
#define GFNET_HAS_MALLINFO
#endif
#endif

// What the allocator has given away, in KiB; 0 where it does not tell. Resident memory would go up
// and down by some MiB, because the driver's threads take memory from the allocator's pools as they
// come.
static double used(void) {
#ifdef GFNET_HAS_MALLINFO
  const struct mallinfo2 facts = mallinfo2();
  return (double)(facts.uordblks + facts.hblkhd) / 1024;
#else
  return 0;
#endif
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
  double last = 0;
  double least_growth = 1e30;
  for (int part = 0; part < 4; ++part) {
    for (int i = 0; i < quarter; ++i) work();
    const double now = used();
    if (part > 0) {
      const double growth = (now - last) / quarter;
      if (growth < least_growth) least_growth = growth;
    }
    printf("after %d: %.1f KiB\n", (part + 1) * quarter, now);
    last = now;
  }
  if (last == 0) skip("the allocator does not tell what is in use");
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

static void classifiers_stay_flat(void) { check_flat(classify_once, rounds(), 1); }

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
