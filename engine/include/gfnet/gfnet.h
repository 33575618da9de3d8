#pragma once

/// GFNet image classification on any Vulkan device.
///
///   const auto model = gfnet::Model::load("gfnet.safetensors");
///   gfnet::Classifier classifier(model);
///   const gfnet::Image image = gfnet::load_image("photo.jpg");
///   const gfnet::Classification result = classifier.classify({&image, 1}).front();
///   for (const gfnet::Prediction& p : result.top) …
#include "gfnet/benchmark.h"
#include "gfnet/classifier.h"
#include "gfnet/compiled.h"
#include "gfnet/device.h"
#include "gfnet/error.h"
#include "gfnet/explain.h"
#include "gfnet/image.h"
#include "gfnet/libraries.h"
#include "gfnet/model.h"
#include "gfnet/npy.h"
#include "gfnet/precision.h"
#include "gfnet/scaling.h"
#include "gfnet/shape.h"
#include "gfnet/text.h"
#include "gfnet/zoo.h"
