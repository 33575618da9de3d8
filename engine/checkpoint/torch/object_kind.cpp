#include "checkpoint/torch/object_kind.h"

#include <fmt/format.h>

#include <array>

#include "base/utf8.h"
#include "gfnet/shape.h"

namespace gfnet::checkpoint {
namespace {

/// A function that makes a tensor of a special kind, by a part of its name.
struct TensorMaker {
  std::string_view part;
  const char* kind;
  const char* cause;
};

constexpr std::array kTensorMakers = {
    TensorMaker{"torch._utils._rebuild_sparse", "sparse tensor",
                "is sparse; make it dense with to_dense() before saving"},
    TensorMaker{"torch._utils._rebuild_qtensor", "quantised tensor",
                "is quantised; save the weights of the model before it was quantised, or "
                "dequantize() them"},
    TensorMaker{"torch._utils._rebuild_nested", "nested tensor", "is a nested tensor"},
    TensorMaker{"torch._utils._rebuild_meta_tensor", "tensor without elements",
                "is on the meta device, which keeps no elements"},
    TensorMaker{"torch._utils._rebuild_wrapper_subclass", "tensor of a class of its own",
                "is a tensor of a class of its own, such as a quantised or a distributed tensor; "
                "convert it to a plain tensor before saving"},
    TensorMaker{"torch._utils._rebuild_", "tensor of a special kind",
                "is a tensor of a special kind; convert it to a plain tensor on the CPU before "
                "saving"},
    TensorMaker{"torch._tensor._rebuild_", "tensor of a class of its own",
                "is a tensor of a class of its own; convert it to a plain tensor before saving"},
    TensorMaker{"torch.storage._load_from_bytes", "tensor in a pickle of its own",
                "was written by pickle.dump; use torch.save"},
    TensorMaker{"multiarray._reconstruct", "NumPy array",
                "is a NumPy array; convert it with torch.from_numpy before saving"},
    TensorMaker{"numeric._frombuffer", "NumPy array",
                "is a NumPy array; convert it with torch.from_numpy before saving"},
};

const TensorMaker* maker_of(const Value& value) {
  if (value.kind != ValueKind::kOpaque) return nullptr;
  for (const TensorMaker& maker : kTensorMakers) {
    if (value.text.find(maker.part) != std::string_view::npos) return &maker;
  }
  return nullptr;
}

std::string tensor_kind(const PickledTensor& tensor) {
  const std::string shape =
      tensor.layout.shape.empty() ? "scalar" : Shape(tensor.layout.shape).text();
  if (!tensor.dtype) return fmt::format("{} {}", excerpt(tensor.type_name), shape);
  return fmt::format("{}{} {}", tensor.layout.complex ? "complex " : "", name_of(*tensor.dtype),
                     shape);
}

}  // namespace

std::string kind_of(const Pickle& pickle, const Value& value) {
  switch (value.kind) {
    case ValueKind::kNone:
      return "None";
    case ValueKind::kBool:
      return "boolean";
    case ValueKind::kInt:
    case ValueKind::kBigInt:
      return "integer";
    case ValueKind::kString:
      return "string";
    case ValueKind::kTuple:
      return "tuple";
    case ValueKind::kList:
      return "list";
    case ValueKind::kDict:
      return "dictionary";
    case ValueKind::kGlobal:
      return "class or function " + excerpt(value.text);
    case ValueKind::kStorage:
      return "storage";
    case ValueKind::kTensor:
      return tensor_kind(pickle.tensors[static_cast<std::size_t>(value.integer)]);
    case ValueKind::kOpaque:
      break;
  }
  if (const TensorMaker* const maker = maker_of(value)) return maker->kind;
  if (value.text == "float" || value.text == "bytes" || value.text == "set") {
    return std::string(value.text);
  }
  if (value.text == "_codecs.encode") return "bytes";  // in protocols before 3
  const char* const what = value.integer != 0 ? "pickled module of class" : "object of class";
  return fmt::format("{} {}", what, excerpt(value.text));
}

std::string kind_with_article(const Pickle& pickle, const Value& value) {
  if (value.kind == ValueKind::kTensor) return "a single tensor";
  const std::string kind = kind_of(pickle, value);
  if (value.kind == ValueKind::kNone) return kind;
  const bool vowel = std::string_view("aeiou").find(kind.front()) != std::string_view::npos;
  return fmt::format("{} {}", vowel ? "an" : "a", kind);
}

bool is_tensor_like(const Value& value) {
  return value.kind == ValueKind::kTensor || maker_of(value) != nullptr;
}

std::string why_no_tensor(const Pickle& pickle, const Value& value) {
  if (const TensorMaker* const maker = maker_of(value)) return maker->cause;
  return fmt::format("is {}, not a tensor", kind_with_article(pickle, value));
}

std::string why_no_type(std::string_view name) {
  const std::string shown = excerpt(name);
  if (name.find("float8") != std::string_view::npos || name.find("Float8") != std::string::npos) {
    return fmt::format("is float8 ({}); convert it to float16 or float32 before saving", shown);
  }
  const std::size_t dot = name.rfind('.');
  const std::string_view last = name.substr(dot == std::string_view::npos ? 0 : dot + 1);
  if (last.starts_with("QInt") || last.starts_with("QUInt") || last.starts_with("qint") ||
      last.starts_with("quint")) {
    return fmt::format("is quantised ({}); save the weights of the model before it was quantised",
                       shown);
  }
  return fmt::format("has an unsupported element type ({})", shown);
}

}  // namespace gfnet::checkpoint
