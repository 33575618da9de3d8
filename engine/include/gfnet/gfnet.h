#pragma once

/// GFNet image classification on any Vulkan device.
///
///   const auto model = gfnet::Model::load("gfnet.safetensors");
///   gfnet::Classifier classifier(model);
///   const gfnet::Image image = gfnet::load_image("photo.jpg");
///   const gfnet::Classification result = classifier.classify({&image, 1}).front();
///   for (const gfnet::Prediction& p : result.top) …
///
/// This header includes what most programs need. Include these headers separately:
/// - gfnet/benchmark.h, gfnet/scaling.h, gfnet/compiled.h: measurements, and what the driver makes
///   of the shaders
/// - gfnet/check.h: whether a device computes what it should
/// - gfnet/driver_environment.h: environment variables for Mesa's software driver
/// - gfnet/explain.h, gfnet/drawing.h: explanations of results, and drawings of them
/// - gfnet/interop.h: a Vulkan device that the program and the engine share
/// - gfnet/libraries.h: versions of third-party libraries
/// - gfnet/zoo.h: the published checkpoints
#include "gfnet/classifier.h"
#include "gfnet/device.h"
#include "gfnet/error.h"
#include "gfnet/image.h"
#include "gfnet/log.h"
#include "gfnet/model.h"
#include "gfnet/npy.h"
#include "gfnet/precision.h"
#include "gfnet/shape.h"
#include "gfnet/text.h"
