#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "checkpoint/torch/pickle.h"
#include "checkpoint/torch/pickle_stream.h"

namespace gfnet::checkpoint {

/// A restricted unpickler for protocols 0 to 5. The unpickler never calls a function of the pickle.
/// It builds tensors, parameters and dictionaries itself; every other object becomes kOpaque. If a
/// pickle refers to a global for which is_refused() is true, the whole pickle is refused.
///
/// A budget bounds time and memory, whatever the size of the pickle: each opcode and each copied
/// item costs one unit, and each object costs units by the memory that it takes.
class Unpickler {
 public:
  /// origin: offset of `bytes` in the file, for messages (see PickleStream). bytes must outlive the
  /// Pickle that read() returns.
  Unpickler(const std::filesystem::path& path, std::span<const std::byte> bytes,
            std::int64_t origin);
  /// Reads from `file`, from byte `origin` on, as far as the object reaches.
  Unpickler(FileBytes& file, std::uint64_t origin);

  /// Reads one object up to its STOP opcode. Call it only once. Throws FormatError.
  Pickle read();

 private:
  // Each function handles one group of opcodes and returns whether op belongs to it.
  bool read_number(std::uint8_t op);
  bool read_text(std::uint8_t op);
  bool read_container(std::uint8_t op);
  bool read_stack_or_memo(std::uint8_t op);
  bool read_object(std::uint8_t op);

  // In unpickler_objects.cpp: the meaning of calls and references.
  void push_global(std::string_view module, std::string_view name);
  ValueRef call(ValueRef function, ValueRef arguments);
  ValueRef call_known(const Global& global, std::string_view name, ValueRef arguments);
  ValueRef make_dict(ValueRef arguments);
  ValueRef make_tensor(ValueRef arguments, bool with_dtype);
  void apply_metadata(PickledTensor& tensor, const Value& metadata);
  void set_state(ValueRef object, ValueRef state);
  ValueRef resolve_persistent(ValueRef id);
  ValueRef make_storage(ValueRef id);
  std::vector<std::int64_t> extents(ValueRef tuple);
  std::int64_t count_of(ValueRef number, const char* what);
  const Value* item(ValueRef container, std::size_t index) const;

  ValueRef add(Value value);
  ValueRef add_container(ValueKind kind, Pickle::Items items);
  /// The only value of its kind, for values that nothing can change.
  ValueRef shared(ValueRef& slot, const Value& value);
  ValueRef add_opaque(std::string_view type);
  void push(ValueRef ref);
  void push_value(Value value) { push(add(std::move(value))); }
  ValueRef pop();
  ValueRef top() const;
  Pickle::Items pop_to_mark();
  void push_bool(bool value);
  void push_byte(std::uint8_t value);
  void push_tuple(std::size_t count);
  void push_decimal(std::string_view digits, bool may_be_bool);
  void push_binary_integer(std::string_view bytes);
  void append_items(const Pickle::Items& items, ValueKind kind);
  void remember(std::uint64_t slot);
  void recall(std::uint64_t slot);
  std::uint64_t memo_slot();
  void charge(std::size_t cost);
  const Value& value(ValueRef ref) const { return pickle_.values[ref]; }
  const Pickle::Items& items(ValueRef ref) const { return pickle_.items(value(ref)); }
  [[noreturn]] void fail(const std::string& cause) const { stream_.fail(cause); }

  static constexpr ValueRef kNothing = ~ValueRef{0};

  PickleStream stream_;
  Pickle pickle_;
  std::vector<ValueRef> stack_;
  /// The open marks, the innermost one last: for each, the size of stack_ when the MARK opcode was
  /// read.
  std::vector<std::size_t> marks_;
  /// For each slot, the value that was remembered there; kNothing if none was.
  std::vector<ValueRef> memo_;
  /// Number of values that MEMOIZE and its like have remembered.
  std::size_t remembered_ = 0;
  std::unordered_map<std::string_view, ValueRef> global_values_;
  ValueRef none_ = kNothing;
  std::array<ValueRef, 2> booleans_;
  std::array<ValueRef, 256> bytes_;
  ValueRef float_ = kNothing;
  ValueRef text_bytes_ = kNothing;
  ValueRef empty_tuple_ = kNothing;
  std::size_t budget_;
};

}  // namespace gfnet::checkpoint
