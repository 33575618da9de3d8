#pragma once

/// The library in C11, for C programs and for bindings to other languages. Includes none of the C++
/// headers.
///
///   gfnet_model* model = NULL;
///   gfnet_classifier* classifier = NULL;
///   gfnet_error* error = gfnet_model_load("gfnet-xs.pth", NULL, &model);
///   if (error == NULL) error = gfnet_classifier_create(model, NULL, &classifier);
///   …
///   if (error != NULL) fprintf(stderr, "%s\n", gfnet_error_message(error));
///   gfnet_error_free(error);
///   gfnet_classifier_free(classifier);
///   gfnet_model_free(model);
///
/// Errors. A function that can fail returns NULL on success, and otherwise an error, which the
/// caller frees. It then sets the handle that it should have made to NULL. No C++ exception leaves
/// the library. A pointer argument must not be NULL, unless its description says so: NULL is
/// GFNET_ERROR_ARGUMENT. GFNET_ERROR_OUT_OF_MEMORY and GFNET_ERROR_OTHER are possible everywhere.
///
/// Ownership. The caller frees each handle that it gets, once, in any order: a handle keeps all
/// that it needs of others. Freeing NULL does nothing. Pointers in a struct that a function fills
/// belong to the handle of this call, and are valid until that handle is freed. The library keeps
/// no pointer to the caller's memory after a call, except the sink of gfnet_set_log_sink().
///
/// Threads. All functions may be called from any thread at any time, also with the same handle:
/// models, images and results do not change, and calls that compute with one classifier wait for
/// one another. A handle may be freed when no call with it is running, and never used afterwards. A
/// thread must not be cancelled during a call.
///
/// Structs with struct_size may get more members at their end in later versions. The caller sets
/// struct_size to the size of the struct that it was compiled with. In options, 0 and NULL are the
/// defaults, so set every other member to 0 or to a value. A member that the caller's version lacks
/// counts as 0. A member that the library's version lacks must be 0, otherwise the call fails with
/// GFNET_ERROR_UNSUPPORTED. In a struct that the library fills, a member that the library's version
/// lacks becomes 0. Structs without struct_size never change.
///
///   gfnet_classifier_options options = {.struct_size = sizeof(options), .top_k = 3};
///
/// Text is UTF-8 and ends with a NUL, except that paths are the system's bytes where these are not
/// UTF-8. A label or path with a NUL in it ends there.
#include "gfnet/c/check.h"
#include "gfnet/c/classifier.h"
#include "gfnet/c/devices.h"
#include "gfnet/c/error.h"
#include "gfnet/c/image.h"
#include "gfnet/c/library.h"
#include "gfnet/c/model.h"
#include "gfnet/c/results.h"
