// SPDX-License-Identifier: MIT
#include "app/meetings/transcript_history.h"

#include <algorithm>
#include <utility>

namespace phial::meetings {
namespace {

constexpr std::size_t kMostChanges = 200;

/// Puts the lines of `to` in the place of those of `from`.
bool exchange(Transcript& transcript, const std::vector<TranscriptSegment>& from,
              const std::vector<TranscriptSegment>& to) {
    std::vector<TranscriptSegment>& lines = transcript.segments;
    for (const TranscriptSegment& old : from) {
        if (findSegment(transcript, old.id) == nullptr) {
            return false;
        }
    }
    for (const TranscriptSegment& old : from) {
        std::erase_if(lines, [&](const TranscriptSegment& line) { return line.id == old.id; });
    }
    for (const TranscriptSegment& line : to) {
        const auto place =
            std::upper_bound(lines.begin(), lines.end(), line, [](const auto& a, const auto& b) {
                return a.startSample < b.startSample;
            });
        lines.insert(place, line);
    }
    return true;
}

} // namespace

void TranscriptHistory::record(const Transcript& before, const Transcript& after) {
    const auto& a = before.segments;
    const auto& b = after.segments;
    std::size_t head = 0;
    while (head < a.size() && head < b.size() && a[head] == b[head]) {
        ++head;
    }
    std::size_t tail = 0;
    while (tail < a.size() - head && tail < b.size() - head &&
           a[a.size() - 1 - tail] == b[b.size() - 1 - tail]) {
        ++tail;
    }
    const auto middle = [&](const std::vector<TranscriptSegment>& lines) {
        return std::vector<TranscriptSegment>(lines.begin() + static_cast<std::ptrdiff_t>(head),
                                              lines.end() - static_cast<std::ptrdiff_t>(tail));
    };
    Change change{middle(a), middle(b)};
    if (change.before.empty() && change.after.empty()) {
        return;
    }
    m_done.push_back(std::move(change));
    if (m_done.size() > kMostChanges) {
        m_done.erase(m_done.begin());
    }
    m_undone.clear();
}

bool TranscriptHistory::undo(Transcript& transcript) {
    if (m_done.empty()) {
        return false;
    }
    Change change = std::move(m_done.back());
    m_done.pop_back();
    if (!exchange(transcript, change.after, change.before)) {
        return false;
    }
    m_undone.push_back(std::move(change));
    return true;
}

bool TranscriptHistory::redo(Transcript& transcript) {
    if (m_undone.empty()) {
        return false;
    }
    Change change = std::move(m_undone.back());
    m_undone.pop_back();
    if (!exchange(transcript, change.before, change.after)) {
        return false;
    }
    m_done.push_back(std::move(change));
    return true;
}

void TranscriptHistory::clear() {
    m_done.clear();
    m_undone.clear();
}

} // namespace phial::meetings
