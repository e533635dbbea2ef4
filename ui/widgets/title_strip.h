// SPDX-License-Identifier: MIT
#pragma once

#include "ui/contracts/capture_view.h"
#include "ui/contracts/engine_view.h"
#include "ui/contracts/meeting_view.h"

#include <QWidget>

class QLabel;
class QMenu;
class QToolButton;

namespace phial::ui {

class RecordingSourcesButton;
class Theme;

/// Top of the window: sidebar switch, title, model chip, device chip, settings, main
/// menu. Turns red while
/// the microphone is open, on every page.
class TitleStrip : public QWidget {
    Q_OBJECT

public:
    TitleStrip(const Theme& theme, QWidget* parent);

    void setTitle(const QString& title);
    void setEngine(const DeviceChipState& engine);
    void setDevices(const QList<DeviceView>& devices);
    void setCapture(const CaptureView& capture);
    void setElapsed(qint64 ms);
    void setRecordingMeeting(bool recording);
    void setRecordingSources(const RecordingSources& sources);
    void setMainMenu(QMenu* menu);
    void openDevices();
    void openMenu();

Q_SIGNALS:
    void sidebarToggled();
    void addModelRequested();
    void settingsRequested();
    void recordRequested();
    void microphoneChosen(const QString& id);
    void systemAudioChosen(bool recorded);
    void deviceChosen(const QString& id);
    void recheckRequested();
    void restRequested(); ///< of the model, which gives its memory back

protected:
    void resizeEvent(QResizeEvent* event) override;
    bool eventFilter(QObject* watched, QEvent* event) override;

private:
    QString chipText() const;
    void refresh();
    void fillMenu();
    void elideTitle();
    void refreshRecording();

    const Theme& m_theme;
    QToolButton* m_sidebar;
    QLabel* m_title;
    QLabel* m_recording;
    QToolButton* m_record;
    RecordingSourcesButton* m_sources;
    QToolButton* m_model;
    QToolButton* m_device;
    QMenu* m_deviceMenu;
    QToolButton* m_settings;
    QToolButton* m_menu;
    QString m_titleText;
    bool m_capturing = false;
    bool m_meeting = false; ///< is being recorded
    DeviceChipState m_engine;
    QList<DeviceView> m_devices;
};

} // namespace phial::ui
