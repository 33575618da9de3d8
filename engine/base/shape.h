#pragma once
#include "gfnet/shape.h"
