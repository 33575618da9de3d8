#pragma once

#include "selfcheck/problem.h"

namespace gfnet::selfcheck {

/// A small flat network with random weights, before passes::fold: 8×8 tokens.
graph::Graph flat_network(Numbers& numbers);
/// A small pyramid with random weights and layer scale, before passes::fold: 8×12 tokens, then 4×6.
graph::Graph pyramid_network(Numbers& numbers);

}  // namespace gfnet::selfcheck
