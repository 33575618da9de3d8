// Memory that runs out, at each allocation in turn: an error, and nothing is lost.
#include "harness.h"

#if defined(__GLIBC__) && !defined(GFNET_SANITIZE)
#include <stdio.h>
#include <stdlib.h>

// glibc's own functions, under the names that it exports them with.
extern void* __libc_malloc(size_t size);
extern void* __libc_calloc(size_t count, size_t size);
extern void* __libc_realloc(void* memory, size_t size);
extern void __libc_free(void* memory);

// For this thread: the allocations until one fails, -1 if none shall; whether the later ones fail
// too; how many there were; and how many are not freed.
static _Thread_local long until_failure = -1;
static _Thread_local int stays_out;
static _Thread_local long allocations;
static _Thread_local long alive;

static int fails(void) {
  ++allocations;
  if (until_failure < 0) return 0;
  if (until_failure > 0) return --until_failure, 0;
  if (!stays_out) until_failure = -1;
  return 1;
}

void* malloc(size_t size) {
  if (fails()) return NULL;
  ++alive;
  return __libc_malloc(size);
}

void* calloc(size_t count, size_t size) {
  if (fails()) return NULL;
  ++alive;
  return __libc_calloc(count, size);
}

void* realloc(void* memory, size_t size) {
  if (fails()) return NULL;
  if (memory == NULL) ++alive;
  return __libc_realloc(memory, size);
}

void free(void* memory) {
  if (memory != NULL) --alive;
  __libc_free(memory);
}

// A call that makes a handle and frees it. Returns its error, if there is one.
typedef gfnet_error* (*call)(void);

static unsigned char* model_bytes;
static size_t model_size;
static unsigned char* image_bytes;
static size_t image_size;
static const gfnet_model* loaded;

static gfnet_error* load_model(void) {
  gfnet_model* model = NULL;
  gfnet_error* const error = gfnet_model_load_memory(model_bytes, model_size, "x", NULL, &model);
  CHECK((model == NULL) == (error != NULL));
  gfnet_model_free(model);
  return error;
}

static gfnet_error* resize_model(void) {
  gfnet_model* model = NULL;
  gfnet_error* const error = gfnet_model_at(loaded, 64, 48, &model);
  CHECK((model == NULL) == (error != NULL));
  gfnet_model_free(model);
  return error;
}

static gfnet_error* label_model(void) {
  static const char* const labels[10] = {
      "a", "b", "c", "d", "e", "f", "g", "h", "i", "a label that needs memory of its own"};
  gfnet_model* model = NULL;
  gfnet_error* const error = gfnet_model_with_labels(loaded, labels, 10, &model);
  CHECK((model == NULL) == (error != NULL));
  gfnet_model_free(model);
  return error;
}

static gfnet_error* decode_image(void) {
  gfnet_image* image = NULL;
  gfnet_error* const error = gfnet_image_decode(image_bytes, image_size, "x", NULL, NULL, &image);
  CHECK((image == NULL) == (error != NULL));
  gfnet_image_free(image);
  return error;
}

// A call that fails in any case.
static gfnet_error* fail(void) {
  gfnet_image* image = NULL;
  return gfnet_image_decode("no image", 8, "a name that needs memory of its own", NULL, NULL,
                            &image);
}

// Does the call with memory that runs out at many of its allocations, for one and for all from
// there on.
static void run_out(const char* name, call make, gfnet_code without_failure) {
  for (int i = 0; i < 2; ++i) gfnet_error_free(make());  // what is made once, is made
  allocations = 0;
  gfnet_error_free(make());
  const long count = allocations;
  const long step = 1 + count / 150;
  long errors = 0;
  for (stays_out = 0; stays_out < 2; ++stays_out) {
    for (long at = 0; at < count; at += step) {
      const long before = alive;
      until_failure = at;
      gfnet_error* const error = make();
      until_failure = -1;
      const gfnet_code code = gfnet_error_code(error);
      // Decoders report their lack of memory as a file that cannot be read.
      CHECK(code == GFNET_ERROR_OUT_OF_MEMORY || code == GFNET_ERROR_FORMAT ||
            code == without_failure);
      CHECK(gfnet_error_message(error)[0] != '\0' || code == GFNET_OK);
      errors += code == GFNET_ERROR_OUT_OF_MEMORY;
      gfnet_error_free(error);
      if (alive != before) printf("%s, allocation %ld of %ld\n", name, at, count);
      CHECK(alive == before);
    }
  }
  printf("%s: %ld allocations, %ld times out of memory\n", name, count, errors);
  CHECK(errors > 0);
  CHECK_ERROR(fail(), GFNET_ERROR_FORMAT, "a name that needs");  // all is well again
}

static void runs_out_of_memory(void) {
  model_bytes = bytes_of(SMALL_MODEL, &model_size);
  image_bytes = bytes_of(IMAGE, &image_size);
  gfnet_model* const model = model_of(SMALL_MODEL);
  loaded = model;
  run_out("load", load_model, GFNET_OK);
  run_out("resize", resize_model, GFNET_OK);
  run_out("label", label_model, GFNET_OK);
  run_out("decode", decode_image, GFNET_OK);
  run_out("fail", fail, GFNET_ERROR_FORMAT);
  gfnet_model_free(model);
  free(model_bytes);
  free(image_bytes);
}
#else
static void runs_out_of_memory(void) { skip("needs glibc, and no sanitizer"); }
#endif

const test_case allocation_cases[] = {{"memory that runs out is an error", runs_out_of_memory},
                                      {NULL, NULL}};
