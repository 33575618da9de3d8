#include "harness.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static atomic_int failures;
static int skipped;

void check_that(int is_right, const char* what, const char* file, int line) {
  if (is_right) return;
  ++failures;
  fprintf(stderr, "%s:%d: FAILED: %s\n", file, line, what);
}

int check_ok(gfnet_error* error, const char* what, const char* file, int line) {
  if (error == NULL) return 1;
  ++failures;
  fprintf(stderr, "%s:%d: FAILED: %s: code %d: %s\n", file, line, what,
          (int)gfnet_error_code(error), gfnet_error_message(error));
  gfnet_error_free(error);
  return 0;
}

void check_error(gfnet_error* error, gfnet_code code, const char* part, const char* what,
                 const char* file, int line) {
  if (gfnet_error_code(error) != code || strstr(gfnet_error_message(error), part) == NULL) {
    ++failures;
    fprintf(stderr, "%s:%d: FAILED: %s: code %d '%s', not %d with '%s'\n", file, line, what,
            (int)gfnet_error_code(error), gfnet_error_message(error), (int)code, part);
  }
  gfnet_error_free(error);
}

void require_that(int is_right, const char* what, const char* file, int line) {
  if (is_right) return;
  fprintf(stderr, "%s:%d: FAILED: %s: the case ends here\n", file, line, what);
  exit(1);
}

void skip(const char* reason) {
  printf("skipped: %s\n", reason);
  skipped = 1;
}

const char* device(void) { return getenv("GFNET_DEVICE"); }

unsigned char* bytes_of(const char* path, size_t* size) {
  FILE* const file = fopen(path, "rb");
  REQUIRE(file != NULL);
  REQUIRE(fseek(file, 0, SEEK_END) == 0);
  const long end = ftell(file);
  REQUIRE(end > 0);
  rewind(file);
  *size = (size_t)end;
  unsigned char* const bytes = malloc(*size);
  REQUIRE(bytes != NULL);
  REQUIRE(fread(bytes, 1, *size, file) == *size);
  fclose(file);
  return bytes;
}

gfnet_model* model_of(const char* path) {
  gfnet_model* model = NULL;
  REQUIRE(CHECK_OK(gfnet_model_load(path, NULL, &model)));
  REQUIRE(model != NULL);
  return model;
}

gfnet_classifier* classifier_of(const gfnet_model* model) {
  const gfnet_classifier_options options = {
      .struct_size = sizeof(options), .device = device(), .features = 1};
  gfnet_classifier* classifier = NULL;
  REQUIRE(CHECK_OK(gfnet_classifier_create(model, &options, &classifier)));
  REQUIRE(classifier != NULL);
  return classifier;
}

// --list-test-cases [--out=FILE], or [--test-case=NAME]; without a name, all cases run. A "?" in a
// name stands for any character. Ends with 0, 1 for a failure, or 77 if all cases were skipped.

static const test_case* const lists[] = {
    allocation_cases, argument_cases, classify_cases, device_cases, failing_device_cases,
    image_cases,      memory_cases,   model_cases,    struct_cases, thread_cases};

static int matches(const char* name, const char* pattern) {
  size_t i = 0;
  while (name[i] != '\0' && (pattern[i] == name[i] || pattern[i] == '?')) ++i;
  return name[i] == '\0' && pattern[i] == '\0';
}

static int list_cases(const char* path) {
  FILE* const out = path == NULL ? stdout : fopen(path, "w");
  if (out == NULL) return 1;
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); ++i) {
    for (const test_case* it = lists[i]; it->run != NULL; ++it) fprintf(out, "%s\n", it->name);
  }
  return path == NULL || fclose(out) == 0 ? 0 : 1;
}

int main(int argc, char** argv) {
  const char* wanted = NULL;
  const char* out = NULL;
  int list = 0;
  for (int i = 1; i < argc; ++i) {
    if (strncmp(argv[i], "--test-case=", 12) == 0) wanted = argv[i] + 12;
    if (strncmp(argv[i], "--out=", 6) == 0) out = argv[i] + 6;
    if (strcmp(argv[i], "--list-test-cases") == 0) list = 1;
  }
  if (list) return list_cases(out);

  int run = 0;
  for (size_t i = 0; i < sizeof(lists) / sizeof(lists[0]); ++i) {
    for (const test_case* it = lists[i]; it->run != NULL; ++it) {
      if (wanted != NULL && !matches(it->name, wanted)) continue;
      ++run;
      it->run();
    }
  }
  printf("test cases: %d | %d failures\n", run, (int)failures);
  if (failures > 0 || run == 0) return 1;
  return run == 1 && skipped ? 77 : 0;
}
