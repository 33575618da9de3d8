#include "vulkan/pipelines/shared_memory.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include "gfnet/error.h"
#include "vulkan/pipelines/spirv_names.h"

namespace gfnet::vulkan {
namespace {

using Instruction = std::span<const std::uint32_t>;

constexpr std::size_t kHeaderWords = 5;

SpvOp opcode_of(Instruction instruction) { return static_cast<SpvOp>(instruction[0] & 0xFFFFU); }

/// Index of the word that holds the result's id in an instruction with this opcode; 0 if
/// instructions with this opcode do not matter here.
std::size_t result_word(SpvOp opcode) {
  switch (opcode) {
    case SpvOpTypeBool:
    case SpvOpTypeInt:
    case SpvOpTypeFloat:
    case SpvOpTypeVector:
    case SpvOpTypeArray:
    case SpvOpTypePointer:
      return 1;
    case SpvOpConstantTrue:
    case SpvOpConstantFalse:
    case SpvOpConstant:
    case SpvOpConstantComposite:
    case SpvOpSpecConstantTrue:
    case SpvOpSpecConstantFalse:
    case SpvOpSpecConstant:
    case SpvOpSpecConstantComposite:
    case SpvOpSpecConstantOp:
    case SpvOpVariable:
      return 2;
    default:
      return 0;
  }
}

/// Reads the types, constants and variables of a SPIR-V module, and evaluates constants.
class Module {
 public:
  /// values: for each constant_id, the value to use instead of the constant's default.
  Module(const ShaderBinary& shader, std::map<std::uint32_t, std::uint32_t> values)
      : name_(shader.name), values_(std::move(values)) {
    for (std::size_t at = kHeaderWords; at < shader.spirv.size();) {
      const std::size_t words = shader.spirv[at] >> 16;
      if (words == 0 || words > shader.spirv.size() - at) fail("is malformed");
      add(shader.spirv.subspan(at, words));
      at += words;
    }
  }

  std::uint64_t shared_bytes() const {
    std::uint64_t bytes = 0;
    for (const std::uint32_t pointer : shared_) {
      const Layout layout = layout_of(word(find(pointer), 3));
      bytes = (bytes + layout.alignment - 1) / layout.alignment * layout.alignment + layout.bytes;
    }
    return bytes;
  }

 private:
  struct Layout {
    std::uint64_t bytes = 0;
    std::uint64_t alignment = 1;
  };

  [[noreturn]] void fail(const std::string& cause) const {
    throw Error(fmt::format("shader '{}' {}", name_, cause));
  }

  std::uint32_t word(Instruction instruction, std::size_t at) const {
    if (at >= instruction.size()) fail("is malformed");
    return instruction[at];
  }

  void add(Instruction instruction) {
    const SpvOp opcode = opcode_of(instruction);
    if (opcode == SpvOpDecorate && word(instruction, 2) == SpvDecorationSpecId) {
      constant_ids_[word(instruction, 1)] = word(instruction, 3);
    }
    if (opcode == SpvOpVariable && word(instruction, 3) == SpvStorageClassWorkgroup) {
      shared_.push_back(word(instruction, 1));
    }
    const std::size_t result = result_word(opcode);
    if (result != 0) by_id_[word(instruction, result)] = instruction;
  }

  Instruction find(std::uint32_t id) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) fail("has a shared variable of a type that the engine cannot size");
    return found->second;
  }

  /// Size and alignment of the type with this SPIR-V id, as in a storage buffer (std430).
  Layout layout_of(std::uint32_t type) const {
    const Instruction instruction = find(type);
    switch (opcode_of(instruction)) {
      case SpvOpTypeBool:
        return {4, 4};
      case SpvOpTypeInt:
      case SpvOpTypeFloat:
        return {word(instruction, 2) / 8, word(instruction, 2) / 8};
      case SpvOpTypeVector: {
        const Layout component = layout_of(word(instruction, 2));
        const std::uint64_t count = word(instruction, 3);
        return {component.bytes * count, component.bytes * (count == 3 ? 4 : count)};
      }
      case SpvOpTypeArray: {
        const Layout element = layout_of(word(instruction, 2));
        const std::uint64_t stride =
            (element.bytes + element.alignment - 1) / element.alignment * element.alignment;
        return {stride * value_of(word(instruction, 3)), element.alignment};
      }
      default:
        fail("has a shared variable of a type that the engine cannot size");
    }
  }

  /// The value of the constant with this SPIR-V id: an integer of 32 bits, or a bool as 0 or 1.
  std::uint32_t value_of(std::uint32_t id) const {
    const Instruction instruction = find(id);
    switch (opcode_of(instruction)) {
      case SpvOpConstantTrue:
        return 1;
      case SpvOpConstantFalse:
        return 0;
      case SpvOpConstant:
        return word(instruction, 3);
      case SpvOpSpecConstantTrue:
        return specialized(id, 1);
      case SpvOpSpecConstantFalse:
        return specialized(id, 0);
      case SpvOpSpecConstant:
        return specialized(id, word(instruction, 3));
      case SpvOpSpecConstantOp:
        return computed(instruction);
      default:
        fail("has a shared variable whose size the engine cannot compute");
    }
  }

  std::uint32_t specialized(std::uint32_t id, std::uint32_t otherwise) const {
    const auto constant_id = constant_ids_.find(id);
    if (constant_id == constant_ids_.end()) return otherwise;
    const auto value = values_.find(constant_id->second);
    return value == values_.end() ? otherwise : value->second;
  }

  /// The value of an OpSpecConstantOp: word 3 is the operation, the words after it are its
  /// operands.
  std::uint32_t computed(Instruction instruction) const {
    const auto operation = static_cast<SpvOp>(word(instruction, 3));
    if (operation == SpvOpCompositeExtract) {
      return value_of(word(find(word(instruction, 4)), 3 + word(instruction, 5)));
    }
    const std::uint32_t a = value_of(word(instruction, 4));
    if (operation == SpvOpLogicalNot) return a == 0 ? 1 : 0;
    if (operation == SpvOpSelect) return value_of(word(instruction, a != 0 ? 5 : 6));
    const std::uint32_t b = value_of(word(instruction, 5));
    switch (operation) {
      case SpvOpIAdd:
        return a + b;
      case SpvOpISub:
        return a - b;
      case SpvOpIMul:
        return a * b;
      case SpvOpUDiv:
        if (b == 0) fail("divides by zero with these specialisation constants");
        return a / b;
      case SpvOpUMod:
        if (b == 0) fail("divides by zero with these specialisation constants");
        return a % b;
      case SpvOpIEqual:
      case SpvOpLogicalEqual:
        return a == b ? 1 : 0;
      case SpvOpINotEqual:
      case SpvOpLogicalNotEqual:
        return a != b ? 1 : 0;
      case SpvOpUGreaterThan:
        return a > b ? 1 : 0;
      case SpvOpUGreaterThanEqual:
        return a >= b ? 1 : 0;
      case SpvOpULessThan:
        return a < b ? 1 : 0;
      case SpvOpULessThanEqual:
        return a <= b ? 1 : 0;
      case SpvOpLogicalAnd:
        return a & b;
      case SpvOpLogicalOr:
        return a | b;
      default:
        fail(fmt::format(
            "has a shared variable whose size the engine cannot compute (SPIR-V operation {})",
            operation));
    }
  }

  std::string name_;
  std::map<std::uint32_t, std::uint32_t> values_;
  /// Maps the SPIR-V id of each specialisation constant to its constant_id.
  std::map<std::uint32_t, std::uint32_t> constant_ids_;
  std::map<std::uint32_t, Instruction> by_id_;
  /// SPIR-V ids of the shared variables' types, which are pointer types; one for each variable.
  std::vector<std::uint32_t> shared_;
};

}  // namespace

std::uint64_t shared_memory_bytes(const ShaderBinary& shader, const ShaderReflection& reflection,
                                  std::span<const SpecializationConstant> constants) {
  std::map<std::uint32_t, std::uint32_t> values;
  const std::size_t count = std::min(constants.size(), reflection.constants.size());
  for (std::size_t i = 0; i < count; ++i) {
    values[reflection.constants[i].id] = constants[i].value;
  }
  return Module(shader, std::move(values)).shared_bytes();
}

}  // namespace gfnet::vulkan
