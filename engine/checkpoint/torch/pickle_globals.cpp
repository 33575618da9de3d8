#include "checkpoint/torch/pickle_globals.h"

#include <algorithm>
#include <array>

namespace gfnet::checkpoint {
namespace {

constexpr std::array<std::string_view, 30> kRefusedModules = {"_ctypes",
                                                              "_pickle",
                                                              "_posixsubprocess",
                                                              "_thread",
                                                              "bdb",
                                                              "code",
                                                              "codeop",
                                                              "commands",
                                                              "ctypes",
                                                              "ftplib",
                                                              "imp",
                                                              "importlib",
                                                              "marshal",
                                                              "multiprocessing",
                                                              "nt",
                                                              "os",
                                                              "pdb",
                                                              "pickle",
                                                              "pip",
                                                              "popen2",
                                                              "posix",
                                                              "pty",
                                                              "runpy",
                                                              "shutil",
                                                              "socket",
                                                              "subprocess",
                                                              "sys",
                                                              "telnetlib",
                                                              "urllib",
                                                              "webbrowser"};

// builtins.getattr is allowed: Python 3.11 pickles enumeration members as calls of it. Like every
// other global, it is never called here.
constexpr std::array<std::string_view, 9> kRefusedBuiltins = {
    "__import__", "breakpoint", "compile", "eval", "exec", "execfile", "file", "input", "open"};

struct ElementType {
  std::string_view storage;
  std::string_view dtype;
  std::string_view alias;
  Global global;
};

constexpr Global element(std::size_t size, std::optional<DType> dtype, bool complex = false) {
  return {GlobalKind::kOther, size, dtype, complex};
}

constexpr std::array<ElementType, 18> kElementTypes = {{
    {"FloatStorage", "float32", "float", element(4, DType::kF32)},
    {"HalfStorage", "float16", "half", element(2, DType::kF16)},
    {"BFloat16Storage", "bfloat16", "", element(2, DType::kBF16)},
    {"DoubleStorage", "float64", "double", element(8, DType::kF64)},
    {"LongStorage", "int64", "long", element(8, DType::kI64)},
    {"IntStorage", "int32", "int", element(4, DType::kI32)},
    {"ShortStorage", "int16", "short", element(2, DType::kI16)},
    {"CharStorage", "int8", "", element(1, DType::kI8)},
    {"ByteStorage", "uint8", "", element(1, DType::kU8)},
    {"BoolStorage", "bool", "", element(1, DType::kBool)},
    {"ComplexFloatStorage", "complex64", "cfloat", element(8, DType::kF32, true)},
    {"ComplexDoubleStorage", "complex128", "cdouble", element(16, DType::kF64, true)},
    {"ComplexHalfStorage", "complex32", "chalf", element(4, DType::kF16, true)},
    // Unsupported types need their size too: the legacy reader steps over their blocks.
    {"QInt8Storage", "qint8", "", element(1, std::nullopt)},
    {"QUInt8Storage", "quint8", "", element(1, std::nullopt)},
    {"QInt32Storage", "qint32", "", element(4, std::nullopt)},
    {"QUInt4x2Storage", "quint4x2", "", element(1, std::nullopt)},
    {"QUInt2x4Storage", "quint2x4", "", element(1, std::nullopt)},
}};

template <std::size_t N>
bool contains(const std::array<std::string_view, N>& list, std::string_view text) {
  return std::find(list.begin(), list.end(), text) != list.end();
}

Global with_kind(Global global, GlobalKind kind) {
  global.kind = kind;
  return global;
}

Global plain(GlobalKind kind) { return with_kind({}, kind); }

Global classify_torch(std::string_view name) {
  if (name == "Size") return plain(GlobalKind::kSize);
  // Untyped bytes: the tensor has the element type.
  if (name == "UntypedStorage" || name == "_UntypedStorage") {
    return with_kind(element(1, DType::kU8), GlobalKind::kStorage);
  }
  for (const ElementType& type : kElementTypes) {
    if (name == type.storage) return with_kind(type.global, GlobalKind::kStorage);
    if (name == type.dtype || (!type.alias.empty() && name == type.alias)) {
      return with_kind(type.global, GlobalKind::kDType);
    }
  }
  return {};
}

}  // namespace

bool is_refused(std::string_view module, std::string_view name) {
  const std::string_view package = module.substr(0, module.find('.'));
  if (contains(kRefusedModules, package)) return true;
  const bool builtins =
      package == "builtins" || package == "__builtin__" || package == "_io" || package == "io";
  return builtins && contains(kRefusedBuiltins, name.substr(0, name.find('.')));
}

Global classify_global(std::string_view module, std::string_view name) {
  if (module == "torch" || module == "torch.cuda" || module == "torch.storage") {
    return classify_torch(name);
  }
  if (module == "torch._utils") {
    if (name == "_rebuild_tensor" || name == "_rebuild_tensor_v2") {
      return plain(GlobalKind::kRebuildTensor);
    }
    if (name == "_rebuild_tensor_v3") return plain(GlobalKind::kRebuildTensorV3);
    if (name == "_rebuild_parameter" || name == "_rebuild_parameter_with_state") {
      return plain(GlobalKind::kRebuildParameter);
    }
  }
  if (module == "torch._tensor" && name == "_rebuild_from_type_v2") {
    return plain(GlobalKind::kRebuildFromType);
  }
  if (module == "collections" && name == "OrderedDict") return plain(GlobalKind::kDict);
  if ((module == "builtins" || module == "__builtin__") && name == "dict") {
    return plain(GlobalKind::kDict);
  }
  return {};
}

}  // namespace gfnet::checkpoint
