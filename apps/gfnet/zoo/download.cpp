#include "zoo/download.h"

#include <curl/curl.h>
#include <fmt/format.h>
#include <gfnet/error.h>
#include <gfnet/libraries.h>
#include <gfnet/text.h>

#include <algorithm>
#include <charconv>
#include <exception>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>
#include <optional>
#include <utility>

#include "terminal/interrupt.h"
#include "terminal/terminal.h"
#include "terminal/units.h"

namespace app {
namespace {

using nlohmann::json;

constexpr long kConnectSeconds = 30;
/// Timeout in seconds for a server that sends nothing.
constexpr long kSilentSeconds = 60;
constexpr long kMostRedirections = 10;
constexpr long kNotSatisfiable = 416;

/// What the server's response says about the file to download. write_note() stores this description
/// beside the part file, which holds the bytes downloaded so far. A later call compares the
/// description with the server's new response. So the later call can tell whether these bytes
/// belong to the file that the server has by then.
struct Description {
  std::string address;
  /// Value for the If-Range header of a later request: a strong ETag or a date from the server.
  /// Empty if the server sends neither.
  std::string validator;
  /// Size of the whole file in bytes; -1 if unknown.
  std::int64_t total = -1;
};

std::optional<Description> read_note(const PartFile& part) {
  std::ifstream file(part.note_path());
  const json note = json::parse(file, nullptr, /*allow_exceptions=*/false);
  if (!note.is_object()) return std::nullopt;
  try {
    return Description{note.at("address"), note.at("validator"), note.at("total")};
  } catch (const json::exception&) {
    return std::nullopt;
  }
}

void write_note(const PartFile& part, const Description& d) {
  std::ofstream(part.note_path()) << json{
      {"address", d.address},
      {"validator", d.validator},
      {"total", d.total}}.dump(-1, ' ', false, json::error_handler_t::replace);
}

std::int64_t number(std::string_view text) {
  std::int64_t value = -1;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  return error == std::errc() && end == text.data() + text.size() ? value : -1;
}

/// One HTTP request. The body of the response goes into the part file.
class Transfer {
 public:
  enum class Outcome { kDone, kRestart, kInterrupted };

  Transfer(const std::string& address, PartFile& part, std::optional<Description> earlier)
      : part_(part), earlier_(std::move(earlier)), curl_(curl_easy_init(), curl_easy_cleanup) {
    if (!curl_) throw gfnet::Error("libcurl cannot be started");
    now_.address = address;
    set(CURLOPT_URL, address.c_str());
    set(CURLOPT_PROTOCOLS_STR, "http,https");
    // An https download must not be redirected to http, where others could change it.
    set(CURLOPT_REDIR_PROTOCOLS_STR, address.starts_with("https:") ? "https" : "http,https");
    set(CURLOPT_FOLLOWLOCATION, 1L);
    set(CURLOPT_MAXREDIRS, kMostRedirections);
    set(CURLOPT_FAILONERROR, 1L);
    set(CURLOPT_NOSIGNAL, 1L);
    set(CURLOPT_CONNECTTIMEOUT, kConnectSeconds);
    set(CURLOPT_LOW_SPEED_LIMIT, 1L);
    set(CURLOPT_LOW_SPEED_TIME, kSilentSeconds);
    set(CURLOPT_USERAGENT, fmt::format("gfnet/{}", gfnet::version()).c_str());
    set(CURLOPT_ERRORBUFFER, cause_);
    set(CURLOPT_HEADERFUNCTION, &Transfer::on_header);
    set(CURLOPT_HEADERDATA, this);
    set(CURLOPT_WRITEFUNCTION, &Transfer::on_body);
    set(CURLOPT_WRITEDATA, this);
    set(CURLOPT_NOPROGRESS, 0L);
    set(CURLOPT_XFERINFOFUNCTION, &Transfer::on_progress);
    if (earlier_) ask_for_the_rest();
  }

  Outcome run() {
    const CURLcode code = curl_easy_perform(curl_.get());
    if (progress_) progress_->clear();
    if (restart_) return Outcome::kRestart;
    if (failure_) std::rethrow_exception(failure_);
    if (interrupted()) return Outcome::kInterrupted;
    if (code == CURLE_HTTP_RETURNED_ERROR && status() == kNotSatisfiable && earlier_) {
      // Either nothing is missing, or the file on the server has become shorter.
      return range_total_ == part_.size() ? Outcome::kDone : Outcome::kRestart;
    }
    if (code == CURLE_HTTP_RETURNED_ERROR) {
      throw gfnet::Error(fmt::format("the server answers with HTTP status {}", status()));
    }
    if (code != CURLE_OK) throw gfnet::Error(failure_text(code));
    if (!progress_) part_.restart();  // no body came: the file is empty
    if (part_.size() < now_.total) {
      throw gfnet::Error(broke_off());
    }
    return Outcome::kDone;
  }

  /// How far the download came: "after 10.0 MB of 61.3 MB".
  std::string progress_text() const {
    return fmt::format("after {}{}", megabytes(part_.size()),
                       now_.total > 0 ? " of " + megabytes(now_.total) : "");
  }

 private:
  template <class Value>
  void set(CURLoption option, Value value) {
    const CURLcode code = curl_easy_setopt(curl_.get(), option, value);
    if (code != CURLE_OK) throw gfnet::Error(curl_easy_strerror(code));
  }

  /// Requests the bytes that the part file does not have yet. Does not use CURLOPT_RESUME_FROM:
  /// with this option, libcurl fails if the server sends the whole file instead of the rest.
  void ask_for_the_rest() {
    set(CURLOPT_RANGE, fmt::format("{}-", part_.size()).c_str());
    if (earlier_->validator.empty()) return;
    headers_.reset(curl_slist_append(nullptr, ("If-Range: " + earlier_->validator).c_str()));
    set(CURLOPT_HTTPHEADER, headers_.get());
  }

  static std::size_t on_header(char* text, std::size_t, std::size_t size, void* self) {
    static_cast<Transfer*>(self)->read_header({text, size});
    return size;
  }

  static std::size_t on_body(char* bytes, std::size_t, std::size_t size, void* self) {
    auto& transfer = *static_cast<Transfer*>(self);
    try {
      return transfer.take(bytes, size) ? size : 0;
    } catch (...) {  // exceptions must not pass through C code
      transfer.failure_ = std::current_exception();
      return 0;
    }
  }

  static int on_progress(void*, curl_off_t, curl_off_t, curl_off_t, curl_off_t) {
    return interrupted() ? 1 : 0;
  }

  void read_header(std::string_view line) {
    while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
    if (line.starts_with("HTTP/")) {  // the next response, after a redirection
      now_.validator.clear();
      range_start_ = range_total_ = -1;
    }
    const std::size_t colon = line.find(':');
    if (colon == std::string_view::npos) return;
    const std::string name = gfnet::lower_case(line.substr(0, colon));
    std::string_view value = line.substr(colon + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    if (name == "etag" && value.starts_with('"')) now_.validator = value;
    if (name == "last-modified" && now_.validator.empty()) now_.validator = value;
    if (name == "content-range") read_range(value);
  }

  /// Parses the Content-Range header: "bytes 100-199/200" or "bytes */200".
  void read_range(std::string_view value) {
    constexpr std::string_view kUnit = "bytes ";
    const std::size_t slash = value.find('/');
    if (!value.starts_with(kUnit) || slash == std::string_view::npos) return;
    range_total_ = number(value.substr(slash + 1));
    value = value.substr(kUnit.size(), slash - kUnit.size());
    range_start_ = number(value.substr(0, value.find('-')));
  }

  /// Appends bytes of the response to the part file. Returns false if the response does not start
  /// at the byte where the part file ends.
  bool take(const char* bytes, std::size_t size) {
    if (!progress_ && !begin()) return false;
    part_.append(bytes, size);
    progress_->advance(size, static_cast<std::uint64_t>(std::max<std::int64_t>(now_.total, 0)));
    return true;
  }

  bool begin() {
    if (status() == 206) {
      const bool fits = earlier_ && range_start_ == part_.size() &&
                        (earlier_->total < 0 || range_total_ == earlier_->total);
      if (!fits) {
        restart_ = true;
        return false;
      }
      now_.total = range_total_;
    } else {
      part_.restart();
      curl_off_t length = -1;
      curl_easy_getinfo(curl_.get(), CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
      now_.total = length;
      write_note(part_, now_);
    }
    part_.check_space(now_.total - part_.size());
    progress_ = std::make_unique<Progress>(Progress::Unit::kBytes,
                                           static_cast<std::uint64_t>(part_.size()));
    return true;
  }

  long status() const {
    long status = 0;
    curl_easy_getinfo(curl_.get(), CURLINFO_RESPONSE_CODE, &status);
    return status;
  }

  std::string broke_off(const std::string& cause = "") const {
    return fmt::format("broke off {}{}; run the command again to continue", progress_text(), cause);
  }

  std::string failure_text(CURLcode code) const {
    const std::string cause = cause_[0] != '\0' ? cause_ : curl_easy_strerror(code);
    return progress_ ? broke_off(fmt::format(" ({})", cause)) : cause;
  }

  PartFile& part_;
  std::optional<Description> earlier_;
  Description now_;
  std::int64_t range_start_ = -1;
  std::int64_t range_total_ = -1;
  bool restart_ = false;
  std::exception_ptr failure_;
  std::unique_ptr<Progress> progress_;
  char cause_[CURL_ERROR_SIZE] = "";
  std::unique_ptr<curl_slist, void (*)(curl_slist*)> headers_{nullptr, curl_slist_free_all};
  std::unique_ptr<CURL, void (*)(CURL*)> curl_;
};

}  // namespace

std::string download(const std::string& address, PartFile& part) {
  static const CURLcode started = curl_global_init(CURL_GLOBAL_DEFAULT);
  if (started != CURLE_OK) throw gfnet::Error(curl_easy_strerror(started));
  std::optional<Description> earlier = read_note(part);
  if (part.size() == 0 || (earlier && earlier->address != address)) earlier.reset();
  for (int attempt = 0; attempt < 2; ++attempt) {
    Transfer transfer(address, part, std::exchange(earlier, std::nullopt));
    switch (transfer.run()) {
      case Transfer::Outcome::kDone:
        return "";
      case Transfer::Outcome::kInterrupted:
        return transfer.progress_text();
      case Transfer::Outcome::kRestart:
        break;
    }
    if (attempt == 0) part.restart();
  }
  throw gfnet::Error("the server answers with another part of the file than was requested");
}

}  // namespace app
