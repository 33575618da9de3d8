/* Classifies one image with a GFNet checkpoint, in C: classify_one MODEL IMAGE */
#include <gfnet/c.h>
#include <stdio.h>

/* Prints the result of the only image. */
static gfnet_error* print(const gfnet_results* results) {
  gfnet_result result = {.struct_size = sizeof(result)};
  gfnet_error* const error = gfnet_results_get(results, 0, &result);
  for (size_t i = 0; error == NULL && i < result.top_count; ++i) {
    printf("%-12s %5.1f %%\n", result.top[i].label, 100 * (double)result.top[i].probability);
  }
  return error;
}

int main(int argc, char** argv) {
  if (argc != 3) {
    fprintf(stderr, "usage: classify_one MODEL IMAGE\n");
    return 2;
  }
  gfnet_model* model = NULL;
  gfnet_classifier* classifier = NULL;
  gfnet_results* results = NULL;
  gfnet_error* error = gfnet_model_load(argv[1], NULL, &model);
  if (error == NULL) error = gfnet_classifier_create(model, NULL, &classifier);
  if (error == NULL) error = gfnet_classify_file(classifier, argv[2], NULL, &results);
  if (error == NULL) error = print(results);

  const int status = error == NULL ? 0 : 1;
  if (error != NULL) fprintf(stderr, "classify_one: %s\n", gfnet_error_message(error));
  gfnet_error_free(error);
  gfnet_results_free(results);
  gfnet_classifier_free(classifier);
  gfnet_model_free(model);
  return status;
}
