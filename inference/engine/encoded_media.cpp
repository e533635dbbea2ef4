// SPDX-License-Identifier: MIT
#include "inference/engine/encoded_media.h"

#include "inference/base/error.h"

#include <algorithm>
#include <cstring>
#include <iterator>
#include <span>
#include <utility>

namespace phial {
namespace {

/// FNV-1a over 8-byte words: fast enough for a 20-megabyte picture, and only a first filter.
std::uint64_t hashBytes(std::span<const std::byte> bytes, std::uint64_t seed) {
    std::uint64_t hash = 0xcbf29ce484222325ULL ^ seed;
    while (!bytes.empty()) {
        std::uint64_t word = 0;
        const std::size_t size = std::min(bytes.size(), sizeof word);
        std::memcpy(&word, bytes.data(), size);
        hash = (hash ^ word) * 0x100000001b3ULL;
        hash ^= hash >> 29;
        bytes = bytes.subspan(size);
    }
    return hash;
}

std::uint64_t hashOf(const Image& image) {
    return hashBytes(std::as_bytes(std::span(image.rgb)),
                     static_cast<std::uint64_t>(image.width) * 1'000'003U +
                         static_cast<std::uint64_t>(image.height));
}

std::uint64_t hashOf(const AudioClip& clip, models::AudioProjection projection) {
    return hashBytes(std::as_bytes(std::span(clip.samples)),
                     static_cast<std::uint64_t>(clip.sampleRateHz) * 64U +
                         static_cast<std::uint64_t>(clip.channels) * 2U +
                         static_cast<std::uint64_t>(projection));
}

bool sameImage(const Image& a, const Image& b) {
    return a.width == b.width && a.height == b.height && a.rgb == b.rgb;
}

bool sameClip(const AudioClip& a, const AudioClip& b) {
    return a.sampleRateHz == b.sampleRateHz && a.channels == b.channels &&
           a.samples.size() == b.samples.size() &&
           std::memcmp(a.samples.data(), b.samples.data(), a.samples.size() * sizeof(float)) == 0;
}

} // namespace

EncodedMediaCache::Entry EncodedMediaCache::find(std::uint64_t hash,
                                                 const std::function<bool(const Slot&)>& same) {
    const auto found = std::find_if(m_slots.begin(), m_slots.end(), [&](const Slot& slot) {
        return slot.hash == hash && same(slot);
    });
    if (found == m_slots.end()) {
        return nullptr;
    }
    m_slots.splice(m_slots.begin(), m_slots, found);
    return m_slots.front().entry;
}

EncodedMediaCache::Entry EncodedMediaCache::keep(Slot slot, const Encode& encode) {
    auto media = std::make_shared<EncodedMedia>();
    media->pieces = encode();
    media->serial = m_nextSerial++;
    for (const Tensor& piece : media->pieces) {
        media->tokens += piece.shape()[0];
        media->bytes += static_cast<std::uint64_t>(piece.bytes());
    }
    slot.entry = media;
    m_slots.push_front(std::move(slot));
    std::uint64_t total = 0;
    for (auto it = m_slots.begin(); it != m_slots.end();) {
        total += it->entry->bytes;
        // The newest entry always stays: it is in use.
        it = total > m_limitBytes && it != m_slots.begin() ? m_slots.erase(it) : std::next(it);
    }
    return media;
}

EncodedMediaCache::Entry EncodedMediaCache::image(const std::shared_ptr<const Image>& image,
                                                  const Encode& encode) {
    check(image != nullptr, "a request with an empty image");
    const std::uint64_t hash = hashOf(*image);
    const auto same = [&](const Slot& slot) {
        return slot.image != nullptr && sameImage(*slot.image, *image);
    };
    if (Entry entry = find(hash, same)) {
        return entry;
    }
    Slot slot;
    slot.hash = hash;
    slot.image = image;
    return keep(std::move(slot), encode);
}

EncodedMediaCache::Entry EncodedMediaCache::audio(const std::shared_ptr<const AudioClip>& clip,
                                                  models::AudioProjection projection,
                                                  const Encode& encode) {
    check(clip != nullptr, "a request with an empty recording");
    const std::uint64_t hash = hashOf(*clip, projection);
    const auto same = [&](const Slot& slot) {
        return slot.clip != nullptr && slot.projection == projection && sameClip(*slot.clip, *clip);
    };
    if (Entry entry = find(hash, same)) {
        return entry;
    }
    Slot slot;
    slot.hash = hash;
    slot.clip = clip;
    slot.projection = projection;
    return keep(std::move(slot), encode);
}

} // namespace phial
