#include "output/parquet/parquet_file.h"

#include <arrow/array.h>
#include <arrow/builder.h>
#include <arrow/io/file.h>
#include <arrow/record_batch.h>
#include <arrow/table.h>
#include <arrow/table_builder.h>
#include <arrow/type.h>
#include <arrow/util/compression.h>
#include <parquet/arrow/reader.h>
#include <parquet/arrow/writer.h>

#include <stdexcept>
#include <utility>

// The module that links Apache Arrow; no other file includes Arrow. parquet_module.cpp loads it.
namespace app {
namespace {

/// Approximate size of a row group in bytes. The rows of a group stay in memory until the group is
/// written.
constexpr std::int64_t kGroupBytes = std::int64_t{32} << 20;
/// Number of rows per read, whatever the number of columns.
constexpr std::int64_t kRowsRead = 1024;

void check(const arrow::Status& status) {
  if (status.ok()) return;
  // The message says what Arrow was doing; the detail, if there is one, is the system's error.
  throw std::runtime_error(status.detail() ? status.detail()->ToString() : status.message());
}

template <typename T>
T checked(arrow::Result<T> result) {
  check(result.status());
  return std::move(result).ValueUnsafe();
}

constexpr int kClass = 0;
constexpr int kLabel = 1;
constexpr int kProbability = 2;
constexpr int kPath = 0;
/// Index of one of the three columns of prediction i, which counts from 0. what: kClass, kLabel or
/// kProbability. The index of the error column is column_of(top_k, 0).
int column_of(std::size_t i, int what) { return 1 + 3 * static_cast<int>(i) + what; }

std::shared_ptr<arrow::Schema> columns(std::size_t top_k) {
  arrow::FieldVector fields{arrow::field("path", arrow::utf8(), /*nullable=*/false)};
  for (std::size_t i = 1; i <= top_k; ++i) {
    const std::string n = std::to_string(i);
    fields.push_back(arrow::field("class_" + n, arrow::int32()));
    fields.push_back(arrow::field("label_" + n, arrow::utf8()));
    fields.push_back(arrow::field("probability_" + n, arrow::float32()));
  }
  fields.push_back(arrow::field("error", arrow::utf8()));
  return arrow::schema(std::move(fields));
}

/// The best compression that this build of Arrow supports.
arrow::Compression::type compression() {
  for (const auto codec : {arrow::Compression::ZSTD, arrow::Compression::SNAPPY}) {
    if (arrow::util::Codec::IsAvailable(codec)) return codec;
  }
  return arrow::Compression::UNCOMPRESSED;
}

std::shared_ptr<arrow::Schema> evaluation_columns() {
  return arrow::schema({arrow::field("path", arrow::utf8(), /*nullable=*/false),
                        arrow::field("true_class", arrow::int32(), /*nullable=*/false),
                        arrow::field("true_label", arrow::utf8(), /*nullable=*/false),
                        arrow::field("class", arrow::int32()), arrow::field("label", arrow::utf8()),
                        arrow::field("probability", arrow::float32()),
                        arrow::field("correct", arrow::boolean()),
                        arrow::field("error", arrow::utf8())});
}

/// Gathers rows, column by column, and writes them in groups.
class RowGroups {
 public:
  RowGroups(const std::string& path, const std::shared_ptr<arrow::Schema>& schema)
      : file_(checked(arrow::io::FileOutputStream::Open(path))),
        group_(checked(arrow::RecordBatchBuilder::Make(schema, arrow::default_memory_pool()))) {
    parquet::WriterProperties::Builder properties;
    properties.compression(compression());
    writer_ = checked(parquet::arrow::FileWriter::Open(*schema, arrow::default_memory_pool(), file_,
                                                       properties.build()));
  }

  template <typename Builder, typename Value>
  void append(int column, const Value& value) {
    check(group_->GetFieldAs<Builder>(column)->Append(value));
  }

  void append_null(int column) { check(group_->GetField(column)->AppendNull()); }

  /// Ends a row. bytes: its size in memory, about.
  void end_row(std::size_t bytes) {
    bytes_ += static_cast<std::int64_t>(bytes);
    if (bytes_ >= kGroupBytes) write_group();
  }

  void close() {
    write_group();
    check(writer_->Close());
    check(file_->Close());
  }

 private:
  void write_group() {
    if (bytes_ == 0) return;
    bytes_ = 0;
    const auto rows = checked(group_->Flush());
    check(writer_->WriteTable(*checked(arrow::Table::FromRecordBatches({rows})), rows->num_rows()));
  }

  std::shared_ptr<arrow::io::FileOutputStream> file_;
  std::unique_ptr<arrow::RecordBatchBuilder> group_;
  std::int64_t bytes_ = 0;
  std::unique_ptr<parquet::arrow::FileWriter> writer_;
};

class Writer : public ParquetWriter {
 public:
  Writer(const std::string& path, std::int64_t top_k)
      : top_k_(static_cast<std::size_t>(top_k)), groups_(path, columns(top_k_)) {}

  void add(const ResultRow& row) override {
    if (!row.top.empty() && row.top.size() != top_k_) {
      throw std::runtime_error("'" + row.path + "' has another number of labels than other rows");
    }
    std::size_t bytes = row.path.size() + row.cause.size() + 4 * (3 * top_k_ + 2);
    groups_.append<arrow::StringBuilder>(kPath, row.path);
    for (std::size_t i = 0; i < top_k_; ++i) {
      if (row.top.empty()) {
        for (const int what : {kClass, kLabel, kProbability}) {
          groups_.append_null(column_of(i, what));
        }
      } else {
        const gfnet::Prediction& p = row.top[i];
        groups_.append<arrow::Int32Builder>(column_of(i, kClass),
                                            static_cast<std::int32_t>(p.index));
        groups_.append<arrow::StringBuilder>(column_of(i, kLabel), p.label);
        groups_.append<arrow::FloatBuilder>(column_of(i, kProbability), p.probability);
        bytes += p.label.size();
      }
    }
    const int error = column_of(top_k_, 0);
    row.cause.empty() ? groups_.append_null(error)
                      : groups_.append<arrow::StringBuilder>(error, row.cause);
    groups_.end_row(bytes);
  }

  void close() override { groups_.close(); }

 private:
  std::size_t top_k_;
  RowGroups groups_;
};

class EvaluationWriter : public ParquetEvaluationWriter {
 public:
  explicit EvaluationWriter(const std::string& path) : groups_(path, evaluation_columns()) {}

  void add(const EvaluatedRow& row) override {
    groups_.append<arrow::StringBuilder>(0, row.path);
    groups_.append<arrow::Int32Builder>(1, static_cast<std::int32_t>(row.expected));
    groups_.append<arrow::StringBuilder>(2, row.expected_label);
    if (row.best) {
      groups_.append<arrow::Int32Builder>(3, static_cast<std::int32_t>(row.best->index));
      groups_.append<arrow::StringBuilder>(4, row.best->label);
      groups_.append<arrow::FloatBuilder>(5, row.best->probability);
      groups_.append<arrow::BooleanBuilder>(6, row.is_correct());
      groups_.append_null(7);
    } else {
      for (const int column : {3, 4, 5, 6}) groups_.append_null(column);
      groups_.append<arrow::StringBuilder>(7, row.cause);
    }
    groups_.end_row(row.path.size() + row.expected_label.size() + row.cause.size() + 64);
  }

  void close() override { groups_.close(); }

 private:
  RowGroups groups_;
};

class Reader : public ParquetReader {
 public:
  Reader(std::unique_ptr<parquet::arrow::FileReader> file, std::size_t top_k)
      : top_k_(top_k), file_(std::move(file)), batches_(checked(file_->GetRecordBatchReader())) {}

  std::uint64_t rows() const override {
    return static_cast<std::uint64_t>(file_->parquet_reader()->metadata()->num_rows());
  }

  ResultRow next() override {
    while (batch_ == nullptr || row_ == batch_->num_rows()) {
      check(batches_->ReadNext(&batch_));
      if (batch_ == nullptr) throw std::runtime_error("holds fewer rows than its footer says");
      row_ = 0;
    }
    ResultRow row{.path = text(kPath), .top = {}, .cause = text(column_of(top_k_, 0))};
    for (std::size_t i = 0; i < top_k_ && !column(column_of(i, kClass)).IsNull(row_); ++i) {
      gfnet::Prediction p;
      p.index = value<arrow::Int32Array>(column_of(i, kClass));
      p.label = text(column_of(i, kLabel));
      p.probability = value<arrow::FloatArray>(column_of(i, kProbability));
      row.top.push_back(std::move(p));
    }
    ++row_;
    return row;
  }

 private:
  const arrow::Array& column(int number) const { return *batch_->column(number); }

  template <typename Array>
  typename Array::value_type value(int number) const {
    return static_cast<const Array&>(column(number)).Value(row_);
  }

  std::string text(int number) const {
    return column(number).IsNull(row_)
               ? ""
               : static_cast<const arrow::StringArray&>(column(number)).GetString(row_);
  }

  std::size_t top_k_;
  std::unique_ptr<parquet::arrow::FileReader> file_;
  std::unique_ptr<arrow::RecordBatchReader> batches_;
  std::shared_ptr<arrow::RecordBatch> batch_;
  std::int64_t row_ = 0;  // next row of the batch
};

std::unique_ptr<ParquetWriter> create(const std::string& path, std::int64_t top_k) {
  return std::make_unique<Writer>(path, top_k);
}

std::unique_ptr<ParquetEvaluationWriter> create_evaluation(const std::string& path) {
  return std::make_unique<EvaluationWriter>(path);
}

std::unique_ptr<ParquetReader> open(const std::string& path, std::int64_t top_k) {
  parquet::arrow::FileReaderBuilder builder;
  const arrow::Status opened = builder.OpenFile(path);
  if (opened.IsInvalid()) return nullptr;  // not a Parquet file
  check(opened);
  parquet::ArrowReaderProperties properties;
  properties.set_batch_size(kRowsRead);
  properties.set_pre_buffer(false);  // else Arrow would hold the whole file in memory
  builder.properties(properties);
  auto file = checked(builder.Build());
  std::shared_ptr<arrow::Schema> schema;
  check(file->GetSchema(&schema));
  const auto k = static_cast<std::size_t>(top_k);
  if (!schema->Equals(*columns(k), /*check_metadata=*/false)) return nullptr;
  return std::make_unique<Reader>(std::move(file), k);
}

}  // namespace
}  // namespace app

extern "C" __attribute__((visibility("default")))
const app::ParquetModule gfnet_parquet{app::create, app::create_evaluation, app::open};
