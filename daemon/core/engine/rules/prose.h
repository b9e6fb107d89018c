// Purpose: explanation texts that several kinds of rule share.
// Thread safety: pure.
#pragma once

#include <string>
#include <string_view>

#include "core/alerts/book.h"
#include "core/engine/explain.h"
#include "core/engine/view.h"

namespace bellwether::engine {

// "412"; with one decimal below 100, if the number has a fraction.
std::string figure(double x);
// "20 % below expectation".
std::string deviation(const alerts::Evidence& e);
// "1997-06", or "3 months to 1997-06" for a longer window.
std::string window_name(base::Calendar calendar, const alerts::Evidence& e);
// "Births in Manufacturing, Singapore, 1997-06": `title` at the alert's node when it was raised.
std::string headline(const View& view, const alerts::Alert& alert, std::string_view title);

// Each function returns one paragraph. `unit` is appended to figures: " %", or "" for counts.
std::string deviation_from_baseline(const View& view, const alerts::Alert& alert,
                                    std::string_view title, std::string_view unit);
// How sure, for rules with a change statistic (CUSUM) and for rules that test counts: the one
// number that decided.
std::string how_sure_of_change(const View& view, const alerts::Evidence& e);
std::string how_sure_of_counts(const View& view, const alerts::Evidence& e);
// For a series too young for a seasonal baseline.
std::string how_young(const View& view, const alerts::Evidence& e);
// For a period whose reports are not complete.
std::string how_complete(const alerts::Evidence& e);

// Each function appends one paragraph or none. append_left_out(): the periods that baselines leave
// out, and the reason.
void append_left_out(const View& view, const alerts::Alert& alert, Paragraphs& text);
void append_since_when(const View& view, const alerts::Alert& alert, Paragraphs& text);
// The areas or sectors that account for the difference.
void append_accounts(const View& view, const alerts::Alert& alert, Paragraphs& text);

}  // namespace bellwether::engine
