#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>

namespace gfnet::checkpoint {

/// Recognises files that people take for checkpoints: web pages, pointers of Git LFS, archives, and
/// models of other libraries. head: the first bytes of the file, at most 1024. file_size: in bytes.
/// Returns what the file is and what can be done, as the cause of a FormatError: "is a web page
/// (HTML) …". Empty if the file is none of these.
std::string describe_foreign_file(std::span<const std::byte> head, std::uint64_t file_size);

}  // namespace gfnet::checkpoint
