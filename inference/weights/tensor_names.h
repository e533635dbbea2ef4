// SPDX-License-Identifier: MIT
#pragma once

#include <string>
#include <string_view>

namespace phial::weights {

/// Microsoft's original name of a tensor, whatever layout the checkpoint has:
/// - original names stay as they are;
/// - names of the transformers port (`img_projection_up`, `up_proj_for_speech`,
/// `feed_forward_in.down_proj`,
///   decoder linears without `.base_layer`) are translated; those of Phi-4-mini equal the port's.
/// Unknown names come back unchanged.
/// Source: specification of the model, section 2.
std::string canonicalTensorName(std::string_view stored);

/// The same for a tensor of a PEFT adapter file: drops `base_model.model.` and puts the adapter's
/// name
/// ("speech", "vision") behind `lora_A` / `lora_B`.
std::string canonicalAdapterName(std::string_view stored, std::string_view adapter);

} // namespace phial::weights
