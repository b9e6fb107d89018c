// Purpose: puts a judgement (judgement.h) in words for people.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "core/alerts/alert.h"
#include "core/alerts/rule.h"
#include "core/engine/judgement.h"
#include "core/engine/view.h"

namespace bellwether::engine {

// A gate in words: "stock of 40 businesses is below the rule's gate of 100". A gate without its
// figure is told without it.
std::string text_of(const View& view, const alerts::Rule& rule, const Judgement& judgement,
                    const Gate& gate);

// Why there is no alert, in sentences. `open`: the open alert of the rule at the node, or null.
std::string why(const View& view, const alerts::Rule& rule, const Judgement& judgement,
                const alerts::Alert* open);

// The unit of the rule's evidence, as unit_of() of an alert (explain.h).
std::string_view unit_of(const alerts::Rule& rule);

}  // namespace bellwether::engine
