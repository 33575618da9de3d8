// Threads that share handles.
#include <pthread.h>
#include <stdio.h>
#include <string.h>

#include "expected.h"
#include "harness.h"

enum { THREADS = 4, ROUNDS = 6 };

typedef struct shared {
  const gfnet_model* model;
  gfnet_classifier* classifier;
  const gfnet_results* results;
  const expected* right;
  int number;
} shared;

// Uses all handles of the others, and makes mistakes of its own.
static void* use(void* data) {
  const shared* const with = data;
  for (int round = 0; round < ROUNDS; ++round) {
    gfnet_results* results = NULL;
    gfnet_result result = {.struct_size = sizeof(result)};
    if (CHECK_OK(gfnet_classify_file(with->classifier, IMAGE, NULL, &results))) {
      CHECK_OK(gfnet_results_get(results, 0, &result));
      CHECK(memcmp(result.logits, with->right->logits, 10 * sizeof(float)) == 0);
    }
    gfnet_results_free(results);

    char path[64];
    snprintf(path, sizeof(path), "none-%d-%d.jpg", with->number, round);
    CHECK_ERROR(gfnet_classify_file(with->classifier, path, NULL, &results), GFNET_ERROR_FORMAT,
                path);

    CHECK_OK(gfnet_results_get(with->results, 0, &result));
    CHECK(memcmp(result.features, with->right->features,
                 with->right->feature_count * sizeof(float)) == 0);
    gfnet_model* larger = NULL;
    const char* label = NULL;
    CHECK_OK(gfnet_model_at(with->model, 32 + 4 * with->number, 32, &larger));
    CHECK_OK(gfnet_model_label(larger, with->number, &label));
    gfnet_model_free(larger);
    gfnet_classifier_info info = {.struct_size = sizeof(info)};
    CHECK_OK(gfnet_classifier_describe(with->classifier, &info));
    CHECK(info.classes == 10);
  }
  return NULL;
}

static void run(void* (*work)(void*), shared with) {
  pthread_t threads[THREADS];
  shared each[THREADS];
  for (int i = 0; i < THREADS; ++i) {
    each[i] = with;
    each[i].number = i;
    REQUIRE(pthread_create(&threads[i], NULL, work, &each[i]) == 0);
  }
  for (int i = 0; i < THREADS; ++i) REQUIRE(pthread_join(threads[i], NULL) == 0);
}

static void share_handles(void) {
  const expected right = expected_of(SMALL_MODEL, IMAGE, 0, 0, 0);
  gfnet_model* const model = model_of(SMALL_MODEL);
  gfnet_classifier* const classifier = classifier_of(model);
  gfnet_results* results = NULL;
  REQUIRE(CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results)));
  run(use, (shared){.model = model, .classifier = classifier, .results = results, .right = &right});
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
}

// Makes a classifier of its own.
static void* make(void* data) {
  const shared* const with = data;
  gfnet_classifier* const classifier = classifier_of(with->model);
  gfnet_results* results = NULL;
  gfnet_result result = {.struct_size = sizeof(result)};
  CHECK_OK(gfnet_classify_file(classifier, IMAGE, NULL, &results));
  gfnet_classifier_free(classifier);  // the results stay
  CHECK_OK(gfnet_results_get(results, 0, &result));
  CHECK(memcmp(result.logits, with->right->logits, 10 * sizeof(float)) == 0);
  gfnet_results_free(results);
  return NULL;
}

static void have_classifiers_of_their_own(void) {
  const expected right = expected_of(SMALL_MODEL, IMAGE, 0, 0, 0);
  gfnet_model* const model = model_of(SMALL_MODEL);
  run(make, (shared){.model = model, .right = &right});
  gfnet_model_free(model);
}

const test_case thread_cases[] = {
    {"threads share handles", share_handles},
    {"threads have classifiers of their own", have_classifiers_of_their_own},
    {NULL, NULL}};
