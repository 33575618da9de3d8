// Push-constant blocks, shared between the shaders (GLSL) and the plan (C++). Scalars only, so that
// both languages lay them out alike. The head of the shader with the same name says how each is
// used.
#ifndef GFNET_PARAMETERS_H
#define GFNET_PARAMETERS_H

#ifdef __cplusplus
#include <cstdint>
namespace gfnet::parameters {
using uint = std::uint32_t;
#endif

struct PatchesParameters {
  uint first_row;          // first patch to cut, numbered over all images of the batch
  uint rows;               // patches to cut
  uint layer_rows;         // patches along the second axis of the dispatch
  uint patch_count;        // patches of one image
  uint patches_across;     // patches in one row of the patch grid
  uint patch_height;       // in tokens or pixels of x
  uint patch_width;
  uint channels;
  uint image_stride;       // elements of x from one image to the next
  uint row_stride;         // … from one row of the grid to the next
  uint column_stride;      // … from one column to the next
  uint channel_stride;     // … from one channel to the next
  uint output_stride;      // elements of y from one patch to the next; a multiple of 4
};

struct LinearParameters {
  uint rows;               // rows of x and y, all images of the batch together
  uint inner_vectors;      // padded K / 4
  uint output_vectors;     // padded O / 4
  uint addend_rows;        // rows of the addend; after the last one it starts again at row 0
  uint addend_first;       // the addend's row that is added to row 0 of y
};

// ceiling_matrix.comp
struct CeilingParameters {
  uint iterations;         // products of each chain, one after the other
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
  uint vectors;            // vectors of four channels that the step processes
  uint source_vectors;     // vectors per token in x
  uint source_first;       // … the first of them to read
  uint target_vectors;     // vectors per token in y
  uint target_first;       // … the first of them to write
  uint channels;           // C, without padding
  uint tokens;             // tokens of one image
  uint line_length;        // N, elements of a line
  uint lines;              // lines of one image
  uint lines_at_once;      // lines that an invocation transforms one after the other
  uint element_stride;     // tokens from one element of a line to the next
  uint line_stride;        // tokens from one line to the next
  uint load_step;          // positions in the line from one element of a group to the next
  uint load_group;         // … from one group to the next
  uint store_step;         // load_step for the results
  uint store_group;        // load_group for the results
  uint roots_offset;       // index of the line's first root
};

struct SpectralBinsParameters {
  uint vectors;            // vectors of four channels per token in x and y
  uint filter_vectors;     // vectors per bin in the filter: padded channels / 4
  uint filter_first;       // the filter's vector that belongs to vector 0 of x
  uint height;             // H
  uint width;              // W
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
