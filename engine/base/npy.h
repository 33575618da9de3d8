#pragma once
#include "gfnet/npy.h"
