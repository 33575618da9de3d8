#include "output/resume.h"

#include <fmt/format.h>
#include <gfnet/gfnet.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <vector>

#include "command_line/usage_error.h"
#include "system/paths.h"
#include "terminal/interrupt.h"

namespace app {
namespace {

using gfnet::system::path_of;

/// Limit in bytes for a row. A file with a longer row was not written by gfnet.
constexpr std::size_t kMaxRow = std::size_t{1} << 26;

/// Splits a file into whole rows.
class RowReader {
 public:
  RowReader(const std::string& path, const RowFormat& format) : path_(path), format_(format) {
    errno = 0;
    file_.open(path_of(path), std::ios::binary);
    if (!file_)
      throw gfnet::FormatError(path_of(path),
                               std::string("cannot be opened: ") + std::strerror(errno));
    std::string start(format.file_start().size(), '\0');
    file_.read(start.data(), static_cast<std::streamsize>(start.size()));
    start.resize(static_cast<std::size_t>(file_.gcount()));
    if (!format.file_start().starts_with(start)) {
      throw UsageError(fmt::format(
          "--resume: '{}' was not written with this --format and --top: it begins differently",
          path));
    }
    file_.clear();
    const std::string head = format.head();
    if (start.starts_with(head)) {
      bytes_ = head.size();
      file_.seekg(static_cast<std::streamoff>(bytes_));
    } else {
      file_.seekg(0, std::ios::end);  // without the whole head, there are no rows
    }
  }

  /// Returns the next whole row. Returns nothing at the end, or at an incomplete row.
  std::optional<std::string> next() {
    std::string row;
    while (append_line(row)) {
      if (format_.is_whole(row)) {
        bytes_ += row.size();
        return row;
      }
    }
    if (file_.bad()) {
      throw gfnet::FormatError(path_of(path_),
                               std::string("cannot be read: ") + std::strerror(errno));
    }
    return std::nullopt;
  }

  /// Number of bytes from the start of the file to the end of the last row that next() returned.
  std::uint64_t bytes() const { return bytes_; }

 private:
  /// Appends the next line of the file, with its line feed, to `row`. Returns false if the file
  /// ends before a line feed.
  bool append_line(std::string& row) {
    for (;;) {
      file_.getline(piece_.data(), static_cast<std::streamsize>(piece_.size()));
      if (file_.eof() || file_.bad()) return false;
      const auto count = static_cast<std::size_t>(file_.gcount());
      const bool is_cut = file_.fail();  // no line feed among so many characters
      row.append(piece_.data(), is_cut ? count : count - 1);
      if (row.size() > kMaxRow)
        throw gfnet::FormatError(path_of(path_), "holds a row that is too long");
      if (!is_cut) {
        row += '\n';
        return true;
      }
      file_.clear();
    }
  }

  std::string path_;
  const RowFormat& format_;
  std::ifstream file_;
  std::vector<char> piece_ = std::vector<char>(std::size_t{1} << 16);
  std::uint64_t bytes_ = 0;
};

std::string shell_quoted(const std::string& word) {
  constexpr const char* kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_./=,:+@%";
  if (!word.empty() && word.find_first_not_of(kPlain) == std::string::npos) return word;
  std::string text = "'";
  for (const char c : word) text += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return text + "'";
}

}  // namespace

void check_can_be_resumed(const std::string& path) {
  std::error_code error;
  if (std::filesystem::exists(path_of(path), error) &&
      !std::filesystem::is_regular_file(path_of(path), error)) {
    throw UsageError(fmt::format("--resume: '{}' is not a regular file", path));
  }
}

PriorRows read_prior_rows(const std::string& path, const RowFormat& format) {
  PriorRows prior;
  RowReader reader(path, format);
  while (std::optional<std::string> row = reader.next()) {
    if (format.is_failure(*row)) {
      ++prior.failures;
    } else {
      prior.sample = std::move(*row);
      prior.sample_at = prior.rows;
    }
    ++prior.rows;
  }
  prior.bytes = reader.bytes();
  return prior;
}

namespace {

bool is_gone(const std::string& path) {
  std::error_code ignored;
  return std::filesystem::symlink_status(path_of(path), ignored).type() ==
         std::filesystem::file_type::not_found;
}

/// The source that skip_prior_rows() returns.
class InputsWithoutRows {
 public:
  InputsWithoutRows(InputSource inputs, RowReader reader, std::string name, const RowFormat& format,
                    PriorRows prior, bool are_moved)
      : inputs_(std::move(inputs)),
        reader_(std::move(reader)),
        name_(std::move(name)),
        format_(format),
        prior_(std::move(prior)),
        are_moved_(are_moved) {}

  std::optional<Input> next() {
    while (at_ < prior_.rows && !interrupted()) {
      if (!next_) next_ = inputs_();
      if (!next_ && interrupted()) break;
      const std::optional<std::string> row = reader_.next();
      const std::uint64_t at = at_++;
      if (next_ && row && row->starts_with(format_.row_start(next_->path))) {
        Input input = take();
        const bool is_sample = !prior_.sample.empty() && at == prior_.sample_at;
        if (!is_sample || (are_moved_ && is_gone(input.path))) continue;
        input.is_check = true;
        return input;
      }
      if (!row || !are_moved_ || !is_gone(format_.path_of(*row))) refuse(at);
      ++gone_;
    }
    if (interrupted()) return std::nullopt;
    if (!next_) next_ = inputs_();
    return next_ ? std::optional(take()) : std::nullopt;
  }

 private:
  Input take() {
    Input input = std::move(*next_);
    next_.reset();
    input.number += gone_;
    return input;
  }

  [[noreturn]] void refuse(std::uint64_t at) const {
    throw UsageError(
        fmt::format("--resume: the inputs are not those of '{}': row {} is not about {}", name_,
                    at + 1, next_ ? fmt::format("'{}'", next_->path) : "any of them"));
  }

  InputSource inputs_;
  RowReader reader_;
  std::string name_;
  const RowFormat& format_;
  PriorRows prior_;
  bool are_moved_;
  std::optional<Input> next_;  // taken from inputs_, not returned yet
  std::uint64_t at_ = 0;       // of the next row
  std::uint64_t gone_ = 0;     // inputs that inputs_ did not find any more
};

}  // namespace

InputSource skip_prior_rows(InputSource inputs, const std::string& path, const std::string& name,
                            const RowFormat& format, const PriorRows& prior, bool are_moved) {
  if (prior.rows == 0) return inputs;
  auto rest = std::make_shared<InputsWithoutRows>(std::move(inputs), RowReader(path, format), name,
                                                  format, prior, are_moved);
  return [rest] { return rest->next(); };
}

std::string shell_command(const std::vector<std::string>& arguments) {
  std::string text;
  for (const std::string& argument : arguments) {
    text += (text.empty() ? "" : " ") + shell_quoted(argument);
  }
  return text;
}

std::string resume_command(const std::vector<std::string>& arguments) {
  std::vector<std::string> resumed = arguments;
  // What follows "--" is no option.
  const auto end = std::ranges::find(resumed, "--");
  if (std::find(resumed.begin(), end, "--resume") == end) resumed.insert(end, "--resume");
  return shell_command(resumed);
}

}  // namespace app
