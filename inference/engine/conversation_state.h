// SPDX-License-Identifier: MIT
#pragma once

#include "inference/models/phi4_decoder.h"

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

namespace phial {

/// What stands at one position of a sequence: a token, or a row of an image or recording. Equal
/// places give equal keys and values in the cache if all before them are equal too.
struct Place {
    std::uint64_t medium = 0; ///< EncodedMedia::serial, 0 for a token
    std::int64_t value = 0;   ///< token id, or row of the medium

    bool operator==(const Place&) const = default;
};

/// Knows what the decoder's cache holds, so that the next turn of a conversation only computes what
/// is new.
class ConversationState {
public:
    /// Number of leading places that are in the cache for this mode, at least one less than
    /// `places` has, because the last one must be computed for its logits.
    std::int64_t reusable(std::span<const Place> places, models::DecoderMode mode) const {
        if (!(mode == m_mode) || places.empty()) {
            return 0;
        }
        std::size_t count = 0;
        while (count < m_places.size() && count + 1 < places.size() &&
               m_places[count] == places[count]) {
            ++count;
        }
        return static_cast<std::int64_t>(count);
    }

    /// Before positions from `count` on are overwritten.
    void truncate(std::int64_t count, models::DecoderMode mode) {
        if (!(mode == m_mode)) {
            m_places.clear();
            m_mode = mode;
        }
        m_places.resize(std::min(m_places.size(), static_cast<std::size_t>(count)));
    }

    /// After everything up to places.size() has been computed.
    void assign(std::span<const Place> places) { m_places.assign(places.begin(), places.end()); }

    void append(Place place) { m_places.push_back(place); }

    void clear() { m_places.clear(); }

private:
    models::DecoderMode m_mode;
    std::vector<Place> m_places;
};

} // namespace phial
