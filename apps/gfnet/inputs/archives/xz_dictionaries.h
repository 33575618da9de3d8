#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace app {

/// Limit in bytes for the memory in which a decompressor keeps what it has just unpacked. `xz -9`
/// needs half of it, and Zstandard's library has the same limit.
inline constexpr std::uint64_t kMostDictionary = std::uint64_t{128} << 20;

/// Follows a file in the format of xz while it is read, and finds how large the dictionaries are
/// that its blocks need: libarchive allows 1 GiB. Each block states a size of its own. Files in
/// other formats are passed over, but lzip's size is read. Nothing is unpacked.
class XzDictionaries {
 public:
  /// Takes the next bytes of the file. Returns false if a block that begins in these bytes needs a
  /// dictionary above kMostDictionary. Then they must not be unpacked.
  bool take(std::span<const std::byte> bytes);

 private:
  /// The part of the file that field_ belongs to. Each part leads to the next; a stream of xz is
  /// its header, its blocks, and its index with the footer.
  enum class Part {
    kStreamHeader,
    kBlockSize,    // the first byte of a block, or of the index
    kBlockHeader,  // with the sizes of dictionaries
    kChunk,        // the first byte of a chunk of LZMA2, or the byte that ends the block's chunks
    kPlainChunk,
    kPackedChunk,
    kIndexByte,
    kPadding,  // between streams: zeros, four at a time
    kUnknown,  // what follows is not understood, or not in this format
  };

  /// Handles field_, which is complete. Returns false for too large a dictionary.
  bool handle();
  bool handle_block_header();
  void handle_stream_header();
  void handle_index_byte();
  /// Empties field_ and waits for the first `size` bytes of a part.
  void expect(Part part, std::size_t size);
  /// Keeps field_, the start of the part, and waits until it has `size` bytes.
  void extend(Part part, std::size_t size);
  unsigned at(std::size_t place) const { return static_cast<unsigned char>(field_[place]); }

  Part part_ = Part::kStreamHeader;
  std::string field_;
  std::size_t size_ = 6;       // of field_ when it is complete
  std::uint64_t skip_ = 0;     // bytes to pass over before field_ goes on
  std::uint64_t check_ = 0;    // size of the checksum behind each block of this stream
  std::uint64_t chunks_ = 0;   // bytes of this block's chunks so far
  std::uint64_t index_ = 0;    // bytes of the index so far
  std::uint64_t numbers_ = 0;  // left in the index, once the first was read
  std::uint64_t number_ = 0;   // the present number of the index, as far as it was read
  unsigned bits_ = 0;          // of number_
  bool has_count_ = false;     // the first number of the index was read
};

}  // namespace app
