#pragma once

#include <string>

#include "checkpoint/torch/pickle.h"

namespace gfnet::checkpoint {

/// What a value of a pickle is, for a message or a listing, without an article: "f32 8×16",
/// "sparse tensor", "integer", "object of class argparse.Namespace".
std::string kind_of(const Pickle& pickle, const Value& value);

/// kind_of() with an article: "a list", "an integer".
std::string kind_with_article(const Pickle& pickle, const Value& value);

/// Whether a value is meant as a tensor, even if it is one that cannot be read.
bool is_tensor_like(const Value& value);

/// Why a value cannot be read as a tensor, as the cause of a FormatError: "is sparse; …".
std::string why_no_tensor(const Pickle& pickle, const Value& value);

/// Why a tensor's element type cannot be read, as the cause of a FormatError. name: the type as the
/// file names it, such as "torch.float8_e4m3fn" or "torch.QInt8Storage".
std::string why_no_type(std::string_view name);

}  // namespace gfnet::checkpoint
