// SPDX-License-Identifier: MIT
#pragma once

#include "app/conversation/conversation_list.h"
#include "app/conversation/conversation_model.h"
#include "ui/contracts/settings_view.h"
#include "ui/main_window.h"

#include <QString>

namespace phial::ui::test {

/// Markdown with every kind of block.
QString richAnswer();

/// `blocks` paragraphs, lists, tables and code blocks, always the same for the same seed.
QString longAnswer(int blocks, unsigned seed);

AttachmentView pictureView(const QString& id);
AttachmentView recordingView(const QString& id);

conversation::Turn question(const QString& text);
conversation::Turn answer(const QString& text);

/// A short talk: a question with a picture, a rich answer, a transcript and a translation.
void fillConversation(conversation::ConversationModel& model);

QList<conversation::Summary> summaries();

DeviceChipState hardwareEngine();
DeviceChipState demoEngine(); ///< the shipped model on a software device
QList<SampleView> samples();

/// The settings page of a computer with a graphics card and two microphones.
SettingsView settingsRows();

/// Runs the event loop until `condition` holds; false after half a minute.
bool waitFor(const std::function<bool()>& condition);

} // namespace phial::ui::test
