// SPDX-License-Identifier: MIT
#include "inference/weights/tensor_names.h"

#include <algorithm>
#include <array>
#include <cctype>
#include <cstddef>
#include <span>

namespace phial::weights {

namespace {

/// `from` is replaced by `to` where it follows the prefix (and the layer number, if any).
struct Renaming {
    std::string_view from;
    std::string_view to;
};

constexpr std::array kDecoderLayer = {
    Renaming{"self_attn.qkv_proj.weight", "self_attn.qkv_proj.base_layer.weight"},
    Renaming{"self_attn.o_proj.weight", "self_attn.o_proj.base_layer.weight"},
    Renaming{"mlp.gate_up_proj.weight", "mlp.gate_up_proj.base_layer.weight"},
    Renaming{"mlp.down_proj.weight", "mlp.down_proj.base_layer.weight"},
};

constexpr std::array kImage = {
    Renaming{"img_projection_up.", "img_projection.0."},
    Renaming{"img_projection_down.", "img_projection.2."},
    Renaming{"global_img_feature_extensor", "glb_GN"},
    Renaming{"sub_img_feature_extensor", "sub_GN"},
};

constexpr std::array kAudio = {
    Renaming{"up_proj_for_speech.", "audio_projection.speech.0."},
    Renaming{"down_proj_for_speech.", "audio_projection.speech.2."},
    Renaming{"up_proj_for_vision_speech.", "audio_projection.vision.0."},
    Renaming{"down_proj_for_vision_speech.", "audio_projection.vision.2."},
};

constexpr std::array kAudioBlock = {
    Renaming{"feed_forward_in.gate_up_proj.", "feed_forward_in.net.0.linear."},
    Renaming{"feed_forward_in.down_proj.", "feed_forward_in.net.2."},
    Renaming{"feed_forward_out.gate_up_proj.", "feed_forward_out.net.0.linear."},
    Renaming{"feed_forward_out.down_proj.", "feed_forward_out.net.2."},
    Renaming{"self_attn.q_proj.", "self_attn.linear_q."},
    Renaming{"self_attn.k_proj.", "self_attn.linear_k."},
    Renaming{"self_attn.v_proj.", "self_attn.linear_v."},
    Renaming{"self_attn.o_proj.", "self_attn.linear_out."},
};

enum class Numbered { No, Yes };

/// Applies the first renaming that matches behind `prefix` (and, if numbered, "<digits>."). Empty
/// when none does.
std::string renamed(std::string_view name, std::string_view prefix, Numbered numbered,
                    std::span<const Renaming> table) {
    if (!name.starts_with(prefix)) {
        return {};
    }
    std::size_t start = prefix.size();
    if (numbered == Numbered::Yes) {
        const std::size_t dot = name.find('.', start);
        if (dot == std::string_view::npos || dot == start ||
            !std::all_of(name.begin() + static_cast<std::ptrdiff_t>(start),
                         name.begin() + static_cast<std::ptrdiff_t>(dot),
                         [](char c) { return c >= '0' && c <= '9'; })) {
            return {};
        }
        start = dot + 1;
    }
    const std::string_view rest = name.substr(start);
    for (const Renaming& renaming : table) {
        if (rest.starts_with(renaming.from)) {
            return std::string(name.substr(0, start)) + std::string(renaming.to) +
                   std::string(rest.substr(renaming.from.size()));
        }
    }
    return {};
}

} // namespace

std::string canonicalTensorName(std::string_view stored) {
    const std::string candidates[] = {
        renamed(stored, "model.layers.", Numbered::Yes, kDecoderLayer),
        renamed(stored, "model.embed_tokens_extend.image_embed.", Numbered::No, kImage),
        renamed(stored, "model.embed_tokens_extend.audio_embed.", Numbered::No, kAudio),
        renamed(stored, "model.embed_tokens_extend.audio_embed.encoder.encoders.", Numbered::Yes,
                kAudioBlock),
    };
    for (const std::string& candidate : candidates) {
        if (!candidate.empty()) {
            return candidate;
        }
    }
    return std::string(stored);
}

std::string canonicalAdapterName(std::string_view stored, std::string_view adapter) {
    constexpr std::string_view kPeftPrefix = "base_model.model.";
    if (stored.starts_with(kPeftPrefix)) {
        stored.remove_prefix(kPeftPrefix.size());
    }
    std::string name(stored);
    for (const std::string_view matrix : {".lora_A.", ".lora_B."}) {
        const std::size_t found = name.find(matrix);
        if (found == std::string::npos) {
            continue;
        }
        // "lora_A.weight", or "lora_A.default.weight" as some versions write it
        const std::size_t start = found + matrix.size();
        name = name.substr(0, start) + std::string(adapter) + ".weight";
    }
    return name;
}

} // namespace phial::weights
