// A small test framework in C11. main.c runs the cases, and takes doctest's options as far as ctest
// uses them.
#pragma once

#include <gfnet/c.h>
#include <stddef.h>

typedef struct test_case {
  const char* name;
  void (*run)(void);
} test_case;

// The cases of each file; {NULL, NULL} ends a list.
extern const test_case allocation_cases[];
extern const test_case argument_cases[];
extern const test_case classify_cases[];
extern const test_case device_cases[];
extern const test_case failing_device_cases[];
extern const test_case image_cases[];
extern const test_case memory_cases[];
extern const test_case model_cases[];
extern const test_case struct_cases[];
extern const test_case thread_cases[];

// Counts a failure, and prints it, if the condition is 0. Thread-safe.
#define CHECK(condition) check_that((condition) != 0, #condition, __FILE__, __LINE__)
void check_that(int is_right, const char* what, const char* file, int line);

// Fails if there is an error, and prints its message. Frees it. Returns whether there was none.
#define CHECK_OK(call) check_ok(call, #call, __FILE__, __LINE__)
int check_ok(gfnet_error* error, const char* what, const char* file, int line);

// Fails unless there is an error with this code whose message contains `part`. Frees it.
#define CHECK_ERROR(call, code, part) check_error(call, code, part, #call, __FILE__, __LINE__)
void check_error(gfnet_error* error, gfnet_code code, const char* part, const char* what,
                 const char* file, int line);

// Ends the program if the condition is 0: the rest of the case would make no sense.
#define REQUIRE(condition) require_that((condition) != 0, #condition, __FILE__, __LINE__)
void require_that(int is_right, const char* what, const char* file, int line);

// Marks the running case as skipped.
void skip(const char* reason);

// The device under test.
const char* device(void);

// A file's bytes; free() them. Ends the program if there is no such file.
unsigned char* bytes_of(const char* path, size_t* size);

// Files of the repository.
#define SMALL_MODEL GFNET_REPOSITORY "/tests/data/reference/flat-8x8-32px.pth"
#define PYRAMID_MODEL GFNET_REPOSITORY "/tests/data/reference/pyramid-no-layerscale.pth"
#define BUNDLED_MODEL GFNET_REPOSITORY "/weights/gfnet-cifar10.safetensors"
#define PHOTO GFNET_REPOSITORY "/weights/photos/cat.jpg"
#define IMAGE GFNET_REPOSITORY "/tests/image/data/rgb.jpg"

// A model, and a classifier of it for the device under test with features.
gfnet_model* model_of(const char* path);
gfnet_classifier* classifier_of(const gfnet_model* model);
