#pragma once

namespace app {

/// What the record at the end of a zip archive says (APPNOTE.TXT, 4.3.16).
struct ZipEnd {
  /// Whether there is a whole record. An archive without it may be cut.
  bool is_there = false;
  /// Whether the archive is the last part of a divided one.
  bool is_of_several_parts = false;
};

/// Reads the record. descriptor: a file; its place in it stays.
ZipEnd read_zip_end(int descriptor);

}  // namespace app
