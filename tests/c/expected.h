// Results of the C++ interface, for C programs to compare with.
#pragma once

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum { MOST_NUMBERS = 1024, TOP = 5 };

typedef struct expected {
  size_t logit_count;
  size_t feature_count;
  float logits[MOST_NUMBERS];
  float features[MOST_NUMBERS];
  int64_t classes[TOP];
  float probabilities[TOP];
} expected;

// What the C++ interface makes of an image file. height, width: another size than the model's own,
// unless 0. sigmoid: whether scores are those of several labels. Ends the program if the C++
// interface throws.
expected expected_of(const char* model, const char* image, int64_t height, int64_t width,
                     int sigmoid);

#ifdef __cplusplus
}
#endif
