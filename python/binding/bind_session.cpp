#include <gfnet/classifier.h>
#include <gfnet/error.h>
#include <nanobind/stl/string.h>

#include <cstddef>
#include <cstdint>
#include <exception>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "arrays.h"
#include "batches.h"
#include "binding.h"
#include "interruptible.h"
#include "process.h"
#include "sources.h"

namespace binding {
namespace {

gfnet::Precision precision_of(const std::string& name) {
  for (const auto precision :
       {gfnet::Precision::kAuto, gfnet::Precision::kFp32, gfnet::Precision::kFp16}) {
    if (name == gfnet::name_of(precision)) return precision;
  }
  throw gfnet::ArgumentError("precision '" + name + "' is none of auto, fp32 and fp16");
}

gfnet::Tuning tuning_of(const std::string& name) {
  if (name == "auto") return gfnet::Tuning::kAuto;
  if (name == "never") return gfnet::Tuning::kNever;
  if (name == "always") return gfnet::Tuning::kAlways;
  throw gfnet::ArgumentError("tune '" + name + "' is none of auto, never and always");
}

gfnet::Scores scores_of(const std::string& name) {
  if (name == "softmax") return gfnet::Scores::kSoftmax;
  if (name == "sigmoid") return gfnet::Scores::kSigmoid;
  throw gfnet::ArgumentError("scores '" + name + "' is none of softmax and sigmoid");
}

nb::list predictions_of(const gfnet::Classification& result) {
  nb::list top;
  for (const gfnet::Prediction& p : result.top)
    top.append(nb::make_tuple(p.index, p.label, p.probability, p.short_label, p.synset));
  return top;
}

nb::list maps_of(gfnet::Classification& result) {
  nb::list maps;
  for (gfnet::ClassMap& map : result.class_maps) {
    maps.append(nb::make_tuple(
        map.index, array_of(std::move(map.values), {static_cast<std::size_t>(map.height),
                                                    static_cast<std::size_t>(map.width)})));
  }
  return maps;
}

/// (predictions, logits, features, class maps).
nb::object object_of(gfnet::Classification result) {
  const std::size_t classes = result.logits.size();
  const std::size_t channels = result.features.size();
  return nb::make_tuple(predictions_of(result), array_of(std::move(result.logits), {classes}),
                        array_of(std::move(result.features), {channels}), maps_of(result));
}

/// Why an image has no result.
std::string cause_of(const std::exception_ptr& error) {
  try {
    std::rethrow_exception(error);
  } catch (const gfnet::FormatError& format) {
    return format.cause();
  } catch (const std::exception& other) {
    return other.what();
  }
}

/// A model on a device, with fixed options.
class Session {
 public:
  Session(const gfnet::Model& model, gfnet::ClassifierOptions options) {
    enter_devices();
    const auto device = std::make_shared<std::shared_ptr<Device>>();
    run_interruptibly([=](const Stop&) { *device = std::make_shared<Device>(model, options); });
    device_ = *device;
  }
  ~Session() {
    // The driver's threads, which destroying would wait for, are in the other process.
    if (is_fork_of_device_user()) new std::shared_ptr<Device>(std::move(device_));
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;

  /// The result of each item (object_of), in order. keep_errors: an image without a result gets a
  /// str instead, the cause; else its error is raised.
  nb::list classify(const nb::list& items, bool keep_errors) {
    enter_devices();
    const auto sources = std::make_shared<Sources>(items);
    const auto outcomes = std::make_shared<std::vector<Outcome>>();
    run_interruptibly([=, device = device_](const Stop& stop) {
      *outcomes = classify_in_batches(*device, sources->all(), !keep_errors, stop);
    });
    if (!keep_errors) {
      for (const Outcome& outcome : *outcomes) {
        if (outcome.error) std::rethrow_exception(outcome.error);
      }
    }
    nb::list results;
    for (Outcome& outcome : *outcomes) {
      if (outcome.error) {
        results.append(cause_of(outcome.error));
      } else {
        results.append(object_of(std::move(outcome.result)));
      }
    }
    return results;
  }

  gfnet::Model model() const { return device_->classifier.model(); }
  std::uint32_t index() const { return device_->classifier.device().index; }
  std::string device() const { return device_->classifier.device().name; }
  std::string precision() const {
    return std::string(gfnet::name_of(device_->classifier.precision()));
  }
  std::size_t batch() const { return device_->batch; }
  nb::list validation_messages() const {
    nb::list messages;
    for (const std::string& text : device_->classifier.validation_messages()) messages.append(text);
    return messages;
  }

 private:
  std::shared_ptr<Device> device_;
};

void make_session(Session* self, const gfnet::Model& model, const std::string& device,
                  const std::string& precision, const std::string& tune, std::int64_t top,
                  const std::string& scores, bool features, bool maps) {
  gfnet::ClassifierOptions options;
  options.device = device;
  options.precision = precision_of(precision);
  options.tuning = tuning_of(tune);
  options.top_k = top;
  options.scores = scores_of(scores);
  options.features = features;
  options.explain.class_maps = maps;
  new (self) Session(model, options);
}

}  // namespace

void add_session(nb::module_& module) {
  nb::class_<Session>(module, "Session", "A model on a device, with fixed options.")
      .def("__init__", &make_session, nb::arg("model"), nb::kw_only(), nb::arg("device"),
           nb::arg("precision"), nb::arg("tune"), nb::arg("top"), nb::arg("scores"),
           nb::arg("features"), nb::arg("maps"))
      .def("classify", &Session::classify, nb::arg("items"), nb::arg("keep_errors"))
      .def_prop_ro("model", &Session::model)
      .def_prop_ro("index", &Session::index)
      .def_prop_ro("device", &Session::device)
      .def_prop_ro("precision", &Session::precision)
      .def_prop_ro("batch", &Session::batch)
      .def("validation_messages", &Session::validation_messages);
}

}  // namespace binding
