// SPDX-License-Identifier: MIT
#pragma once

namespace phial::ui {

/// Lets screen readers see a ConversationView as a list of messages. Call once, after QApplication.
void installConversationAccessibility();

} // namespace phial::ui
