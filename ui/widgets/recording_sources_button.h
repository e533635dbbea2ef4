// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/meeting_view.h"

#include <QToolButton>

namespace phial::ui {

class Theme;

/// Arrow beside Record: which microphone, and whether what the computer plays is recorded too.
class RecordingSourcesButton : public QToolButton {
    Q_OBJECT

public:
    RecordingSourcesButton(const Theme& theme, QWidget* parent);

    void setSources(const RecordingSources& sources);

Q_SIGNALS:
    void microphoneChosen(const QString& id);
    void systemAudioChosen(bool recorded);

private:
    void fillMenu();

    QMenu* m_menu;
    RecordingSources m_sources;
};

} // namespace phial::ui
