// SPDX-License-Identifier: MIT
#pragma once

namespace phial::ui {

/// Lets screen readers see a ConversationView as a list of messages. May be called more than once.
void installConversationAccessibility();

} // namespace phial::ui
