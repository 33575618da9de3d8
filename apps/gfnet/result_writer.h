#pragma once

#include <gfnet/gfnet.h>

#include <memory>
#include <ostream>
#include <string>

namespace app {

/// Writes one row per labelled picture.
class ResultWriter {
 public:
  virtual ~ResultWriter() = default;
  virtual void write(const std::string& path, const gfnet::Classification& result) = 0;
  /// What can be written only when all is known.
  virtual void finish() {}
};

/// format: "table", "csv" (RFC 4180, a header, then path and class, label, probability for each of
/// the top k) or "jsonl" (one object a line).
std::unique_ptr<ResultWriter> make_result_writer(const std::string& format, std::ostream& out,
                                                 std::int64_t top_k);

}  // namespace app
