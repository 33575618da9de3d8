#pragma once

// GLFW with its Vulkan part, whose functions are volk's.
#include <volk.h>

#define GLFW_INCLUDE_NONE
#include <GLFW/glfw3.h>
