// SPDX-License-Identifier: MIT
#include "app/meetings/workspace/gathered_changes.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::chrono::steady_clock::duration kLeastPause = std::chrono::seconds(1);
constexpr int kWorkPerSave = 10; ///< times as long as the save took

} // namespace

GatheredChanges::GatheredChanges(std::function<void(const Change&)> save, Now now)
    : m_save(std::move(save))
    , m_now(std::move(now))
    , m_savedAt(m_now()) {}

StepResult GatheredChanges::during(const std::function<StepResult()>& step) {
    StepResult result = StepResult::Stopped;
    try {
        result = step();
    } catch (...) {
        save();
        throw;
    }
    if (result != StepResult::More ||
        m_now() - m_savedAt >= std::max(kLeastPause, kWorkPerSave * m_took)) {
        save();
    }
    return result;
}

void GatheredChanges::save() {
    if (m_changes.empty()) {
        return;
    }
    const auto begin = m_now();
    m_save([this](Transcript& transcript) {
        bool any = false;
        for (const Change& change : m_changes) {
            any = change(transcript) || any;
        }
        return any;
    });
    m_changes.clear();
    m_savedAt = m_now();
    m_took = m_savedAt - begin;
}

} // namespace phial::meetings
