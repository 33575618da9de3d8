// Push-constant blocks, shared between the shaders (GLSL) and the plan (C++): scalars only, so that
// both languages lay them out alike. Each is described in the shader of its name.
#ifndef GFNET_PARAMETERS_H
#define GFNET_PARAMETERS_H

#ifdef __cplusplus
#include <cstdint>
namespace gfnet::parameters {
using uint = std::uint32_t;
#endif

struct PatchesParameters {
  uint first_row;          // of all images' patches, one after the other, the first that is cut
  uint rows;               // how many are
  uint layer_rows;         // rows along the second axis of the dispatch
  uint patch_count;        // patches of one image
  uint patches_across;     // patches in one row of the patch grid
  uint patch_height;
  uint patch_width;
  uint channels;
  uint image_stride;       // elements from one image to the next
  uint row_stride;         // … from one row of the grid to the next
  uint column_stride;      // … from one column to the next
  uint channel_stride;     // … from one channel to the next
  uint output_stride;      // elements from one patch to the next in the output; a multiple of 4
};

struct LinearParameters {
  uint rows;               // rows of x, all images of the batch together
  uint inner_vectors;      // padded K / 4
  uint output_vectors;     // padded O / 4
  uint addend_rows;        // the addend repeats after so many rows
  uint addend_first;       // which of them the first row adds
};

struct CeilingParameters {
  uint iterations;         // products one after the other
};

struct LayerNormParameters {
  uint tokens;             // tokens of one image
  uint channels;
  uint padded_channels;    // row stride of token layout; a multiple of 4
  float epsilon;
};

struct FilterMultiplyParameters {
  uint bins;               // H · (W/2+1)
  uint channels;
};

struct TokenStatisticsParameters {
  uint tokens;             // tokens of all images together
  uint channels;
  uint channel_vectors;    // padded channels / 4
  float epsilon;
};

struct SpectralFilterParameters {
  uint padded_channels;    // row stride of token layout and of the filter; a multiple of 4
};

struct SpectralLineParameters {
  uint vectors;            // that the step takes, four channels each
  uint source_vectors;     // of a token where it reads, of which the first is
  uint source_first;
  uint target_vectors;     // of a token where it writes, of which the first is
  uint target_first;
  uint channels;
  uint tokens;             // tokens of one image
  uint line_length;        // N, elements of a line
  uint lines;              // of one image
  uint lines_at_once;      // that an invocation takes one after the other
  uint element_stride;     // tokens from one element of a line to the next
  uint line_stride;        // tokens from one line to the next
  uint load_step;          // positions in the line from one element of a group to the next
  uint load_group;         // … from one group to the next
  uint store_step;         // the same of the results
  uint store_group;
  uint roots_offset;       // where the line's roots begin
};

struct SpectralBinsParameters {
  uint vectors;            // of a token where it reads and writes, four channels each
  uint filter_vectors;     // padded channels / 4, of which the first is
  uint filter_first;
  uint height;
  uint width;
};

struct TokenMeanParameters {
  uint tokens;             // tokens of one image
  uint channel_vectors;    // padded channels / 4
};

struct SoftmaxTopKParameters {
  uint classes;
  uint logit_stride;       // elements from one image's logits to the next
  uint k;
  uint output_stride;      // elements from one image's pairs to the next
};

struct ClassMapParameters {
  uint tokens;             // tokens of one image
  uint channel_vectors;    // padded channels / 4
  uint classes;
  uint k;                  // maps of one image
  uint pair_stride;        // elements from one image's pairs to the next; 0 if all share them
  uint output_stride;      // elements from one token to the next in the output; a multiple of 4
};

struct SpectrumMagnitudeParameters {
  uint bins;               // H · (W/2+1)
  uint channels;
  float tokens;            // H · W
  float scale;             // 1 / (C · √(H·W))
};

#ifdef __cplusplus
}  // namespace gfnet::parameters
#endif

#endif  // GFNET_PARAMETERS_H
