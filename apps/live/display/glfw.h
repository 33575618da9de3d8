#pragma once

// GLFW with its Vulkan functions. volk comes first: it declares the Vulkan types.
#include <volk.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
